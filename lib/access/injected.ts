/**
 * Tokens that containers are given (`inject_api_token`): for one pipeline and nothing else, and good only while it runs.
 * Nobody sees them in a list; they are in no role, and their secret is stored nowhere but where its container finds it.
 */
import { randomBytes } from 'node:crypto';
import { uuidV7 } from '../events/uuid.ts';
import type { Home } from '../home.ts';
import type { RunItem } from '../run/run.ts';
import {
  type InjectedTokenItem,
  injectedTokenKey,
  type TokenExpiryItem,
  tokenExpiryKey,
} from '../store/items/access.ts';
import { type PipelineItem, pipelineKey } from '../store/items/pipeline.ts';
import { runKey } from '../store/items/run.ts';
import { remembered } from '../store/remembered.ts';
import { parseGroup } from '../task/group.ts';
import type { Asked } from './allows.ts';
import type { Caller } from './caller.ts';
import type { Action, Deed, Resource } from './permission.ts';
import { hashOf, newSecret } from './secret.ts';

/** Seconds that a container may run at the most: so long its token must last. */
export const longestTask = (home: Pick<Home, 'settings'>): number => home.settings.maxTimeout ?? 7 * 86_400;

/** Whose it is; with a `run`, that run's alone. */
export type Scope = {
  readonly namespace: string;
  readonly pipeline: string;
  readonly uid: string;
  readonly run?: number;
};

/** Returns the secret. `life` is seconds, after which the sweep removes it. */
export async function inject(home: Home, scope: Scope, life: number): Promise<string> {
  const secret = newSecret();
  const hash = hashOf(secret);
  const created = home.now();
  const expires = created + life * 1000;
  const id = uuidV7(created, randomBytes(10));
  const due: TokenExpiryItem = { ...tokenExpiryKey(expires, hash), token: hash, expires };
  await home.table.put(due);
  await home.table.put({ ...injectedTokenKey(hash), id, created, expires, ...scope });
  return secret;
}

/** Tokens that this process has handed to containers, by group: their logs are masked by them. Nothing else keeps any. */
const handedOut = remembered<string>();
/** Far more containers than run at once; a token is worth nothing once its run is over. */
const mostHanded = 10_000;

/** `undefined`: it has none, or was started by an earlier process. */
export const tokenHandedTo = (home: Home, group: string): string | undefined => handedOut(home.table).get(group);

/** The token of a container on one machine, named by its group; `undefined`: its run is over. */
export async function injectIntoRun(home: Home, group: string): Promise<string | undefined> {
  const launch = parseGroup(group);
  const run = launch && ((await home.table.get(runKey(launch.uid, launch.number))) as RunItem | undefined);
  if (run?.state !== 'running') return undefined;
  const { namespace, pipeline, uid, number } = run;
  const secret = await inject(home, { namespace, pipeline, uid, run: number }, longestTask(home));
  const handed = handedOut(home.table);
  const [oldest = ''] = handed.keys();
  if (handed.size >= mostHanded) handed.delete(oldest);
  handed.set(group, secret);
  return secret;
}

/** Whose an injected token is, if it is good now. */
export async function injectedCaller(home: Home, hash: string): Promise<Caller | undefined> {
  const item = (await home.table.get(injectedTokenKey(hash))) as InjectedTokenItem | undefined;
  if (!item || home.now() >= item.expires || !(await isRunning(home, item))) return undefined;
  const { id, created, expires, namespace, pipeline } = item;
  const user = `pipeline ${namespace}/${pipeline}`;
  const own = { id, user, roles: [], created, expires, metadata: {}, disabled: false };
  return { id, user, roles: [], token: { ...injectedTokenKey(hash), ...own }, all: false, may: mayIn(item) };
}

async function isRunning(home: Home, { uid, namespace, pipeline: id, run: number }: Scope): Promise<boolean> {
  if (number !== undefined)
    return ((await home.table.get(runKey(uid, number))) as RunItem | undefined)?.state === 'running';
  const pipeline = (await home.table.get(pipelineKey(namespace, id))) as PipelineItem | undefined;
  return pipeline?.uid === uid && (pipeline.active?.size ?? 0) > 0;
}

const everything: readonly Action[] = ['read', 'write', 'delete'];

/** What it may do, in its pipeline: all that isn't here is refused. Records (logs, events) are not its to delete. */
const allowed: Readonly<Partial<Record<Resource, readonly Action[]>>> = {
  pipelines: ['read'],
  deployments: ['read'],
  configs: everything,
  runs: ['read', 'write'],
  objects: everything,
  subscriptions: everything,
  events: ['read'],
};

/** Of writing runs. A terminal in another task's container would show that task's secrets. */
const deeds: readonly (Deed | undefined)[] = ['start', 'cancel'];

/** Events have no pipeline in their path: of those in the list it is shown its pipeline's. */
const mayIn =
  ({ namespace, pipeline }: Scope): Caller['may'] =>
  ({ resource, action, deed, ids }: Asked) => {
    if (!allowed[resource]?.includes(action)) return false;
    if (resource === 'runs' && action === 'write' && !deeds.includes(deed)) return false;
    if (resource === 'events' && Object.keys(ids).length === 0) return true;
    return ids.namespaces === namespace && ids.pipelines === pipeline;
  };
