/**
 * A stack deploys a pipeline that it keeps, and lets go of it. Every step may be repeated from the start: content that is
 * registered gets the version it has, and a version that is live isn't deployed again.
 */
import { ConflictError, GoferError } from '../errors.ts';
import type { Home } from '../home.ts';
import { ensureNamespace } from '../namespace/namespaces.ts';
import type { Manager } from '../pipeline/managed.ts';
import { emitState, findPipeline, getPipeline } from '../pipeline/pipelines.ts';
import { type Registration, registerConfig } from '../pipeline/register.ts';
import { announceSchedule, keepSchedule } from '../schedule/keep.ts';
import { type PipelineItem, pipelineKey } from '../store/items/pipeline.ts';
import type { DeploymentItem } from '../store/items/version.ts';
import { all, any, equals, missing } from '../store/table.ts';
import { deploy } from './deploy.ts';
import { deploymentsOf, getDeployment } from './deployments.ts';
import { finishDeployment } from './finish.ts';

export type ManagedRegistration = Registration & { readonly manager: Manager };

/** Each turn that is lost was won by somebody else's deployment, and once the stack has the pipeline there are no more. */
const turns = 10;

/**
 * Makes the config live and the pipeline the stack's, in a namespace that is created when it is missing. A pipeline that
 * was registered by the API before is taken over, with its runs. Throws when it can't be made ready: then what was live
 * stays live, and nothing is taken.
 */
export async function deployManaged(
  home: Home,
  wanted: ManagedRegistration,
): Promise<{ readonly uid: string; readonly version: number }> {
  const { namespace, pipeline: id, manager } = wanted;
  await ensureNamespace(home, namespace);
  for (let turn = 0; turn < turns; turn++) {
    const { pipeline, config } = await registerConfig(home, wanted);
    const { version } = config;
    if (pipeline.live !== version) await deployOrThrow(home, { namespace, pipeline: id, version, manager });
    const { uid } = pipeline;
    if (!(await take(home, await getPipeline(home, namespace, id), version, manager))) continue;
    await finishOthers(home, uid);
    if ((await findPipeline(home, namespace, id))?.live === version) return { uid, version };
  }
  throw new ConflictError(`pipeline "${id}" is being deployed by others all the time: deploy the stack again`);
}

async function deployOrThrow(
  home: Home,
  wanted: {
    readonly namespace: string;
    readonly pipeline: string;
    readonly version: number;
    readonly manager: Manager;
  },
): Promise<void> {
  const { namespace, pipeline, version } = wanted;
  const { id: deployment } = await deploy(home, wanted);
  const { status, reason } = await getDeployment(home, { namespace, pipeline, deployment });
  if (status !== 'failed') return;
  const { live } = await getPipeline(home, namespace, pipeline);
  // A pipeline that has never worked: no run of it may start.
  if (live === undefined) await disable(home, namespace, pipeline);
  const instead = live === undefined ? 'no version is live' : `version ${live} stays live`;
  throw new GoferError(
    500,
    'deployment_failed',
    `version ${version} of pipeline "${pipeline}" can not be deployed: ${reason ?? 'no reason is known'}; ${instead}`,
  );
}

async function disable(home: Home, namespace: string, id: string): Promise<void> {
  const set = { state: 'disabled', modified: home.now() };
  await home.table.update(pipelineKey(namespace, id), { set }, all(missing('live'), equals('state', 'active')));
}

/** False: another version went live meanwhile. One that the stack takes anew is enabled; later on that is for operators. */
async function take(home: Home, pipeline: PipelineItem, version: number, manager: Manager): Promise<boolean> {
  const { namespace, id, uid, managed_by, state } = pipeline;
  const free = any(missing('managed_by'), equals('managed_by.stack', manager.stack));
  const condition = all(equals('uid', uid), equals('live', version), missing('deleting'), free);
  const enables = !managed_by && state === 'disabled';
  const set = { managed_by: manager, ...(enables && { state: 'active', modified: home.now() }) };
  // From here on the stack's own rules start it: only what the API's schedule may have left is to be taken away.
  const scheduled = await announceSchedule(home, { ...pipeline, managed_by: manager });
  const taken = (await home.table.update(pipelineKey(namespace, id), { set }, condition)) as PipelineItem | undefined;
  if (scheduled) await keepSchedule(home, pipeline);
  if (taken && enables) await emitState(home, taken);
  return taken !== undefined;
}

/** Deployments that were asked for before the stack had the pipeline come to their end; none can follow. */
async function finishOthers(home: Home, uid: string): Promise<void> {
  const [newest] = (await deploymentsOf(home, uid, { reverse: true, limit: 1 })) as [DeploymentItem?];
  if (newest?.state === 'running') await finishDeployment(home, newest);
}

/**
 * The stack keeps the pipeline no longer: it is disabled, its records stay, and the API may change it again. Nothing is
 * done when another resource keeps it by now: the construct was renamed.
 */
export async function releaseManaged(
  home: Home,
  wanted: { readonly namespace: string; readonly pipeline: string; readonly manager: Manager },
): Promise<void> {
  const { namespace, pipeline: id, manager } = wanted;
  const mine = all(equals('managed_by.stack', manager.stack), equals('managed_by.resource', manager.resource));
  const change = { set: { state: 'disabled', modified: home.now() }, remove: ['managed_by'] };
  await home.table.update(pipelineKey(namespace, id), change, mine);
  const pipeline = await findPipeline(home, namespace, id);
  // Also when it was let go before: whoever did may have died without telling.
  if (pipeline && !pipeline.managed_by && pipeline.state === 'disabled' && pipeline.modified)
    await emitState(home, pipeline);
}
