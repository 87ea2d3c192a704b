/**
 * Credentials that tasks' images are pulled with. A config brings them in, and keeps the user alone: the password is a
 * secret of the pipeline and the task, which a later registration replaces for all versions. One without a password leaves
 * the stored one as it is, so that a config may be registered again as it was read.
 */
import { InvalidError } from '../errors.ts';
import type { Home } from '../home.ts';
import type { PipelineConfig, TaskConfig } from '../pipeline/config.ts';
import type { Problem } from '../pipeline/problem.ts';
import type { PipelineItem } from '../store/items/pipeline.ts';
import { registrySecretKey } from '../store/items/secret.ts';
import { referenceIn } from '../task/interpolation.ts';
import { checkContent } from './key.ts';
import { registrySecretName } from './name.ts';
import { findSecret, putSecret, type SecretAddress } from './secret.ts';

/** The JSON that ECS reads. */
export type Credentials = { readonly username: string; readonly password: string };

export const registryAddress = ({ namespace, id, uid }: PipelineItem, task: string): SecretAddress => ({
  row: registrySecretKey(uid, task),
  name: registrySecretName({ namespace, pipeline: id }, task),
  key: `registry_auth of ${task}`,
  where: `in pipeline "${id}"`,
});

/** Refuses (400) passwords that can't be kept. Called before anything is written. */
export function checkRegistryAuth(home: Home, { tasks }: PipelineConfig): void {
  for (const { id, registry_auth: auth } of tasks) {
    if (!auth?.pass) continue;
    if (referenceIn(auth.pass))
      throw new InvalidError(
        `task "${id}": registry_auth.pass is a reference, which no registry is asked with; write the password itself, it is kept as a secret`,
      );
    checkContent(contentOf(auth), home.secrets.limit);
  }
}

/** Keeps the passwords of a config that was registered. Returns tasks that have none. */
export async function keepRegistryAuth(
  home: Home,
  pipeline: PipelineItem,
  { tasks }: PipelineConfig,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const [i, { id, registry_auth: auth }] of tasks.entries()) {
    if (!auth) continue;
    const address = registryAddress(pipeline, id);
    const wanted = { content: contentOf(auth), namespaces: [pipeline.namespace], force: true };
    if (auth.pass) await putSecret(home, address, wanted);
    else if (!(await findSecret(home, address)))
      problems.push({
        path: `tasks[${i}].registry_auth`,
        message: `task "${id}": registry_auth has no password, and none is stored`,
        suggestion: 'register it once with the password',
      });
  }
  return problems;
}

function contentOf({ user, pass }: NonNullable<TaskConfig['registry_auth']>): string {
  return JSON.stringify({ username: user, password: pass } satisfies Credentials);
}
