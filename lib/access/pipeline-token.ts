/**
 * The token of a pipeline on AWS, where ECS alone gives a container its secrets: it lies among the pipeline's secrets, under
 * a name that task definitions know. The sweep puts another one there each day; the one before lasts as long as a container
 * that was given it may run.
 */
import type { Home } from '../home.ts';
import type { PipelineConfig } from '../pipeline/config.ts';
import { apiTokenName } from '../secret/name.ts';
import {
  type PipelineTokenItem,
  pipelineTokenKey,
  type TokenExpiryItem,
  tokenExpiryKey,
} from '../store/items/access.ts';
import { type PipelineItem, pipelineKey } from '../store/items/pipeline.ts';
import { exists } from '../store/table.ts';
import { inject, longestTask, type Scope } from './injected.ts';

/** Seconds. */
const day = 86_400;

type Owner = Pick<Scope, 'namespace' | 'pipeline' | 'uid'>;

/** Makes sure that there is one for tasks that ask for it. Costs a read where it is there, and nothing where nobody asks. */
export async function ensurePipelineToken(home: Home, owner: Owner, { tasks }: PipelineConfig): Promise<void> {
  if (home.settings.kind !== 'aws' || !tasks.some((task) => task.inject_api_token)) return;
  if (await home.table.get(pipelineTokenKey(owner.uid))) return;
  // A run may outlive its pipeline, whose name is another's then.
  if (isOf(await pipelineNamed(home, owner), owner)) await renew(home, owner, 'first');
}

/** Another one takes its place. It is announced before it is made: whoever dies in between is followed by the sweep. */
async function renew(home: Home, { namespace, pipeline, uid }: Owner, which: 'first' | 'next'): Promise<void> {
  const owner = { namespace, pipeline, uid };
  const due = home.now() + day * 1000;
  const renewal: TokenExpiryItem = { ...tokenExpiryKey(due, uid), renews: owner, expires: due };
  await home.table.put(renewal);
  const secret = await inject(home, owner, day + longestTask(home));
  await home.secrets.put(apiTokenName({ namespace, pipeline }), secret);
  const there = which === 'next' ? exists('pk') : undefined;
  await home.table.update(pipelineTokenKey(uid), { set: { due } }, there);
  await clearAfter(home, owner);
}

/** The pipeline was deleted, before or meanwhile: nothing of its token stays, and one that has its name now has its own. */
async function clearAfter(home: Home, owner: Owner): Promise<void> {
  const found = await pipelineNamed(home, owner);
  if (isOf(found, owner)) return;
  await home.table.delete(pipelineTokenKey(owner.uid));
  if (!found || found.uid === owner.uid) await home.secrets.remove(apiTokenName(owner));
  const heir = await pipelineNamed(home, owner);
  if (!heir || heir.uid === owner.uid || !(await home.table.get(pipelineTokenKey(heir.uid)))) return;
  await renew(home, { ...owner, uid: heir.uid }, 'next');
}

const pipelineNamed = async (home: Home, { namespace, pipeline }: Owner) =>
  (await home.table.get(pipelineKey(namespace, pipeline))) as PipelineItem | undefined;

const isOf = (found: PipelineItem | undefined, { uid }: Owner): boolean =>
  found?.uid === uid && found.deleting === undefined;

/** Carried out by the sweep. One that was overtaken by another does nothing; a pipeline that is gone takes its token along. */
export async function renewDue(home: Home, owner: Owner, due: number): Promise<void> {
  const key = pipelineTokenKey(owner.uid);
  const row = (await home.table.get(key)) as PipelineTokenItem | undefined;
  if (row && row.due !== due) return;
  if (isOf(await pipelineNamed(home, owner), owner)) await renew(home, owner, row ? 'next' : 'first');
  else await clearAfter(home, owner);
}

/** Of a pipeline that is being deleted. */
export async function removePipelineToken(home: Home, { namespace, id, uid }: PipelineItem): Promise<void> {
  const key = pipelineTokenKey(uid);
  if (!(await home.table.get(key))) return;
  await home.secrets.remove(apiTokenName({ namespace, pipeline: id }));
  await home.table.delete(key, exists('pk'));
}
