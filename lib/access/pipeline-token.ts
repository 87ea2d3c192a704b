/**
 * The token of a pipeline on AWS, where ECS alone gives a container its secrets: it lies among the pipeline's secrets, under
 * a name that task definitions know. The sweep puts another one there each day; the one before lasts as long as a container
 * that was given it may run.
 */
import type { Home } from '../home.ts';
import type { PipelineConfig } from '../pipeline/config.ts';
import { apiTokenName } from '../secret/name.ts';
import {
  type PipelineItem,
  type PipelineTokenItem,
  pipelineKey,
  pipelineTokenKey,
  type TokenExpiryItem,
  tokenExpiryKey,
} from '../store/items.ts';
import { exists } from '../store/table.ts';
import { inject, longestTask, type Scope } from './injected.ts';

/** Seconds. */
const day = 86_400;

type Owner = Pick<Scope, 'namespace' | 'pipeline' | 'uid'>;

/** Makes sure that there is one for tasks that ask for it. Costs a read where it is there, and nothing where nobody asks. */
export async function ensurePipelineToken(home: Home, owner: Owner, { tasks }: PipelineConfig): Promise<void> {
  if (home.settings.kind !== 'aws' || !tasks.some((task) => task.inject_api_token)) return;
  if (!(await home.table.get(pipelineTokenKey(owner.uid)))) await renew(home, owner);
}

/** Another one takes its place. It is announced before it is made: whoever dies in between is followed by the sweep. */
async function renew(home: Home, { namespace, pipeline, uid }: Owner): Promise<void> {
  const owner = { namespace, pipeline, uid };
  const due = home.now() + day * 1000;
  const renewal: TokenExpiryItem = { ...tokenExpiryKey(due, uid), renews: owner, expires: due };
  await home.table.put(renewal);
  const secret = await inject(home, owner, day + longestTask(home));
  await home.secrets.put(apiTokenName({ namespace, pipeline }), secret);
  await home.table.update(pipelineTokenKey(uid), { set: { due } });
}

/** Carried out by the sweep. One that was overtaken by another does nothing; a pipeline that is gone takes its token along. */
export async function renewDue(home: Home, owner: Owner, due: number): Promise<void> {
  const key = pipelineTokenKey(owner.uid);
  const row = (await home.table.get(key)) as PipelineTokenItem | undefined;
  if (row && row.due !== due) return;
  const pipeline = (await home.table.get(pipelineKey(owner.namespace, owner.pipeline))) as PipelineItem | undefined;
  if (pipeline?.uid === owner.uid) await renew(home, owner);
  else await home.table.delete(key);
}

/** Of a pipeline that is being deleted. */
export async function removePipelineToken(home: Home, { namespace, id, uid }: PipelineItem): Promise<void> {
  const key = pipelineTokenKey(uid);
  if (!(await home.table.get(key))) return;
  await home.secrets.remove(apiTokenName({ namespace, pipeline: id }));
  await home.table.delete(key, exists('pk'));
}
