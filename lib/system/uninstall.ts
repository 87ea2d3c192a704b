/**
 * The end of an installation, before its stack takes away what it needs for that: no run starts any more, those that are
 * there are cancelled, containers stop, and what was made at run time is removed.
 *
 * Every step may be repeated: whoever dies in the middle, or runs out of time, begins again and finds less to do.
 */
import { GoferError } from '../errors.ts';
import type { Home } from '../home.ts';
import type { Leftovers } from '../ports/leftovers.ts';
import { cancelRun } from '../run/cancel.ts';
import type { RunItem } from '../run/run.ts';
import { type SystemItem, systemKey } from '../store/items.ts';
import { missing } from '../store/table.ts';

/** Seconds. */
const times = {
  /** As long as a call of the API may take: one that began before the mark may still write a run. */
  settled: 35,
  /** Runs end by their containers' events, and by the sweep; after this the containers alone count. */
  patience: 900,
  /** CloudFormation waits an hour. */
  hopeless: 3300,
  betweenLooks: 5,
} as const;

export type UninstallOptions = {
  /** Epoch milliseconds at which this invocation must come to its end. */
  readonly until: number;
  /** Waits; milliseconds. */
  readonly pause: (milliseconds: number) => Promise<unknown>;
};

/** What was removed, by kind. `undefined`: there is more to do than the time allowed; ask again. */
export async function uninstall(
  home: Home,
  leftovers: Leftovers,
  { until, pause }: UninstallOptions,
): Promise<ReadonlyMap<string, number> | undefined> {
  const since = await mark(home);
  while (!(await isQuiet(home, since))) {
    if (home.now() + times.betweenLooks * 1000 >= until) return undefined;
    await pause(times.betweenLooks * 1000);
  }
  const removed = new Map<string, number>();
  // A list may pass over something while it is being emptied: the end is one that is empty from the start.
  for (let found = true; found; ) {
    found = false;
    for await (const { kind, count, remove } of leftovers.list()) {
      if (home.now() >= until) return undefined;
      await remove();
      removed.set(kind, (removed.get(kind) ?? 0) + count);
      found = true;
    }
  }
  return removed;
}

/** From here on no run starts. Says since when. */
async function mark(home: Home): Promise<number> {
  await home.table.update(systemKey, { set: { uninstalling: home.now() } }, missing('uninstalling'));
  const { uninstalling } = (await home.table.get(systemKey)) as SystemItem;
  return uninstalling ?? home.now();
}

/** Cancels and stops whatever lives. True when nothing does, and nothing can come. */
async function isQuiet(home: Home, since: number): Promise<boolean> {
  const waited = (home.now() - since) / 1000;
  const unsettled = await cancelAll(home);
  const alive = (await home.containers.listAll()).filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  const impatient = waited > times.patience;
  if (impatient) for (const { arn } of alive) await home.containers.stop(arn, 'Gofer is being removed');
  if (waited > times.hopeless && alive.length)
    throw new GoferError(
      500,
      'uninstall_failed',
      `${alive.length} containers have not stopped within ${times.hopeless} s: ${alive.map(({ arn }) => arn).join(', ')}; stop them and delete the stack again`,
    );
  return waited >= times.settled && !alive.length && (!unsettled || impatient);
}

/** Returns how many runs are not over yet. One that can't be cancelled keeps no other from it. */
async function cancelAll(home: Home): Promise<number> {
  const items = (await home.table.getMany(await home.table.swept('run'))) as (RunItem | undefined)[];
  const open = items.filter((run) => run !== undefined).filter(({ state }) => state !== 'complete');
  const attempts = open.filter(({ cancelling }) => !cancelling).map((run) => cancelRun(home, run, 'admin'));
  for (const outcome of await Promise.allSettled(attempts))
    if (outcome.status === 'rejected') console.error('a run can not be cancelled:', outcome.reason);
  return open.length;
}
