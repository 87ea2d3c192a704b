/**
 * The end of an installation, before its stack takes away what it needs for that: no run starts any more, those that are
 * there are cancelled, containers stop, and what was made at run time is removed.
 *
 * Every step may be repeated: whoever dies in the middle, or runs out of time, begins again and finds less to do.
 */
import { GoferError } from '../errors.ts';
import type { Home } from '../home.ts';
import type { Container } from '../ports/containers.ts';
import type { Leftovers } from '../ports/leftovers.ts';
import { cancelRun } from '../run/cancel.ts';
import type { RunItem } from '../run/run.ts';
import { type SystemItem, systemKey } from '../store/items/system.ts';
import { differs, missing } from '../store/table.ts';
import { inAll } from './invocations.ts';
import { type Removed, removeAll, told } from './leftovers.ts';

/** Seconds. */
const times = {
  /** As long as a function may take that began before the mark: the API may still write a run, another make a service. */
  settled: 60,
  /** Runs end by their containers' events, and by the sweep; after this the containers alone count. */
  patience: 900,
  /** Of one deletion: nobody invokes the function once more, and CloudFormation would wait out its hour without a word. */
  hopeless: inAll,
  betweenLooks: 5,
} as const;

export type UninstallOptions = {
  /** Names the deletion: every invocation for it works on the same, another deletion begins its time anew. */
  readonly request: string;
  /** Epoch milliseconds at which this invocation must come to its end. */
  readonly until: number;
  /** Waits; milliseconds. */
  readonly pause: (milliseconds: number) => Promise<unknown>;
};

/**
 * What was removed, by kind. `undefined`: there is more to do than the time allowed; ask again. Throws when asking again
 * has no prospect any more.
 */
export async function uninstall(
  home: Home,
  leftovers: Leftovers,
  { request, until, pause }: UninstallOptions,
): Promise<Removed | undefined> {
  const begun = await mark(home, request);
  const giveUp = begun.asked + times.hopeless * 1000;
  for (;;) {
    const { open, alive, over } = await look(home, begun.marked);
    if (over) break;
    if (home.now() >= giveUp) throw new HopelessError(`${restOf(open, alive)} after ${times.hopeless} s`);
    if (home.now() + times.betweenLooks * 1000 >= until) return undefined;
    await pause(times.betweenLooks * 1000);
  }
  return removeAll(
    () => leftovers.list(),
    (removed) => {
      if (home.now() >= giveUp)
        throw new HopelessError(`more than ${times.hopeless} s were needed: ${told(removed)} so far`);
      return home.now() < until;
    },
  );
}

class HopelessError extends GoferError {
  override readonly name = 'HopelessError';
  constructor(problem: string) {
    super(500, 'uninstall_failed', `${problem}; delete the stack again: that goes on where this one ended`);
  }
}

/** Epoch milliseconds: since when no run starts, and when the deletion was asked for that this belongs to. */
type Begun = { readonly marked: number; readonly asked: number };

/** From here on no run starts. */
async function mark(home: Home, request: string): Promise<Begun> {
  await home.table.update(systemKey, { set: { uninstalling: home.now() } }, missing('uninstalling'));
  const asked = { deletion: request, deletion_asked: home.now() };
  await home.table.update(systemKey, { set: asked }, differs('deletion', request));
  const { uninstalling = home.now(), deletion_asked = home.now() } = (await home.table.get(systemKey)) as SystemItem;
  return { marked: uninstalling, asked: deletion_asked };
}

type Look = { readonly open: number; readonly alive: readonly Container[]; readonly over: boolean };

/** Cancels and stops whatever lives. Over when nothing does, and nothing can come. */
async function look(home: Home, since: number): Promise<Look> {
  const waited = (home.now() - since) / 1000;
  const open = await cancelAll(home);
  const alive = (await home.containers.listAll()).filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  const impatient = waited > times.patience;
  if (impatient) for (const { arn } of alive) await home.containers.stop(arn, 'Gofer is being removed');
  return { open, alive, over: waited >= times.settled && !alive.length && (!open || impatient) };
}

/** Names fit into what CloudFormation shows only when they are few. */
const named = 5;

function restOf(open: number, alive: readonly Container[]): string {
  const arns = alive.slice(0, named).map(({ arn }) => arn);
  const more = alive.length > named ? ` and ${alive.length - named} more` : '';
  const list = arns.length ? `: ${arns.join(', ')}${more}` : '';
  return `${open} runs have not ended and ${alive.length} containers have not stopped${list}`;
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
