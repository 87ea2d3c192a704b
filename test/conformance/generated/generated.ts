/** Whatever is asked for, the answer is one that somebody thought of. */
import fc from 'fast-check';
import type { ContractOperation } from '../contract.ts';
import type { Answer } from '../request.ts';
import { operationOf, type World } from '../world.ts';
import { type Generated, generatedRequests, type Known } from './requests.ts';

/** Things of every kind, for requests to be about. */
export async function knownThings(world: World): Promise<Known> {
  const { namespace, pipeline, deployed, ended, role, token, globalSecret, pipelineSecret, object } = world;
  const extension = await world.extension();
  const runs = [await ended(), await ended()];
  const things = await Promise.all([
    ...[namespace(), pipeline(), deployed(), globalSecret(), pipelineSecret(), role(), role()],
    ...runs.map((run) => object('run', run)),
    ...runs.map((run) => object('pipeline', run)),
    object('extension', extension),
    world.subscription(extension),
    token().then(({ token_details: { id } }) => ({ id })),
  ]);
  return [{ namespace_id: 'default' }, ...things.map((thing) => ({ deployment_id: 1, ...thing }))];
}

/** Ends what would run for ever. */
export async function forget({ ask }: World, known: Known): Promise<void> {
  for (const params of known) if ('extension_id' in params) await ask(operationOf('uninstall_extension'), { params });
}

/** What an installation can't do now it says with a reason (503): these operations may, and no others. */
const notNow: ReadonlySet<string> = new Set([
  // Runs or the pipeline are switched off.
  'start_run',
  // AWS registers about one kind of task a second.
  'deploy_config',
  // Attaching is switched off.
  'attach_task_execution',
  // The extension does not run, or does not answer.
  'get_extension_debug_info',
  'create_subscription',
  'update_subscription',
  'delete_subscription',
]);

/** A defect, or an answer that was not thought of. */
export function isDefect({ id }: Pick<ContractOperation, 'id'>, { status, json }: Pick<Answer, 'status' | 'json'>) {
  const told = typeof json === 'object' && json !== null && 'error_code' in json ? json.error_code : undefined;
  return status >= 500 && !(status === 503 && told === 'failed_precondition' && notNow.has(id));
}

/** The same requests for the same seed. */
export const generate = (known: Known, count: number, seed: number): readonly Generated[] =>
  fc.sample(generatedRequests(known), { numRuns: count, seed });
