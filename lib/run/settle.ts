/** The end of a run: whoever empties the set of open tasks settles it. Each step may be repeated. */
import type { Home } from '../home.ts';
import { lookAfter } from '../object/look-after.ts';
import { pipelineKey } from '../store/items/pipeline.ts';
import { runKey, tasksPartition } from '../store/items/run.ts';
import { all, type Condition, contains, differs, equals, exists, missing } from '../store/table.ts';
import { runName } from '../task/group.ts';
import { factsOf, type TaskItem } from '../task/task.ts';
import { dispatch } from './dispatch.ts';
import { findRun, type LoadedRun } from './load.ts';
import { outcomeOf } from './outcome.ts';
import type { RunItem } from './run.ts';
import { giveSeatOn } from './serve.ts';
import { tellAll } from './tell.ts';

/** Tries before the sweep takes over: each means that a cancel or an error came in between. */
const tries = 5;

/**
 * Settles the run if no task is open: outcome, slot, its waiting `finish run`, and room for the next run. True when it is
 * complete, and `token`, which `finish run` has just been given, is answered too.
 */
export async function settle(
  home: Home,
  { run: { uid, number }, config }: LoadedRun,
  token?: string,
): Promise<boolean> {
  for (let i = 0; i < tries; i++) {
    const run = await findRun(home, uid, number);
    if (!run || run.open) return false;
    if (run.state === 'complete')
      return run.sweep && !run.told ? close(home, run, token) : answerFinish(home, run, token);
    if (run.cancelling && !(await nothingLives(home, run))) return false;
    const tasks = (await home.table.query(tasksPartition(uid, number))) as TaskItem[];
    const { status, reason } = outcomeOf(run, config, tasks);
    const now = home.now();
    const whole = isAllKnown(run, tasks) || undefined;
    const settled = (await home.table.update(
      runKey(uid, number),
      { set: { state: 'complete', status, reason, ended: now, news: now, whole } },
      all(differs('state', 'complete'), missing('open'), unchanged(run)),
    )) as RunItem | undefined;
    if (settled) return close(home, settled, token);
  }
  return false;
}

/** The outcome was computed from these marks. */
function unchanged(run: RunItem): Condition {
  const same = (name: 'cancelling' | 'error') => {
    const value = run[name];
    return value === undefined ? missing(name) : equals(name, value);
  };
  return all(same('cancelling'), same('error'));
}

/** A stopped run may have had a launch in flight: what lives is stopped first, and its end brings us here again. */
async function nothingLives(home: Home, run: RunItem): Promise<boolean> {
  const containers = await home.containers.list(runName(run.uid, run.number));
  const living = containers.filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  await Promise.all(living.map(({ arn }) => home.containers.stop(arn, 'its run was cancelled')));
  return living.length === 0;
}

/** What follows the settling write: the event, the slot, the machine's last state, the next run. */
async function close(home: Home, run: RunItem, token: string | undefined): Promise<true> {
  await Promise.all([tellAll(home, run), releaseSlot(home, run), answer(home, run, token)]);
  if (home.settings.retention?.runLogs !== undefined) await lookAfter(home, { ...run, id: run.pipeline });
  await giveSeatOn(home, run);
  await dispatch(home, run.namespace, run.pipeline);
  if (isDispatched(home, run) && run.whole) await letGo(home, run);
  else await markTold(home, run);
  return true;
}

/**
 * A machine whose run came to its end by itself closes by itself: its last state asks until it is answered. When the end of
 * every launch is known too, no container is in flight, and the sweep need not ask for the execution.
 */
function isAllKnown({ cancelling, error }: RunItem, tasks: readonly TaskItem[]): boolean {
  const known = tasks.every((row) => !row.launch || factsOf(row, row.launch)?.state === 'STOPPED');
  return !cancelling && error === undefined && known;
}

/** Something that was in flight has shown itself after this many quiet times. */
export const quietTimes = 5;

/** Nobody is left who has read the run as pending, and may give it a slot once more before he sees how it is. */
export const isDispatched = ({ now, settings }: Home, { started = 0 }: RunItem): boolean =>
  now() - started >= quietTimes * settings.quiet * 1000;

/** All is done that follows the end: the sweep looks after the run no longer. `finish run` was answered. */
export async function letGo(home: Home, { uid, number, tokens }: RunItem): Promise<void> {
  const answered = tokens && { delete: { tokens } };
  await home.table.update(runKey(uid, number), { remove: ['sweep'], ...answered }, exists('sweep'));
}

export async function releaseSlot(home: Home, run: RunItem): Promise<void> {
  const held = all(equals('uid', run.uid), contains('active', run.number));
  await home.table.update(
    pipelineKey(run.namespace, run.pipeline),
    { delete: { active: new Set([run.number]) } },
    held,
  );
}

/** The execution ends as the run did: a run that is not successful fails it. Always true. */
export async function answerFinish(home: Home, run: RunItem, own?: string): Promise<true> {
  await answer(home, run, own);
  await forgetTokens(home, run);
  return true;
}

async function answer(home: Home, run: RunItem, own: string | undefined): Promise<void> {
  const outcome =
    run.status === 'successful'
      ? { output: {} }
      : { error: 'Gofer.Failed', cause: run.reason?.description ?? run.status ?? '' };
  const tokens = [...(own === undefined ? [] : [own]), ...(run.tokens ?? [])];
  await Promise.all(tokens.map((token) => home.machines.answer(token, outcome)));
}

/** Nothing of this has to be done again. */
async function markTold(home: Home, { uid, number, tokens }: RunItem): Promise<void> {
  const answered = tokens && { delete: { tokens } };
  await home.table.update(runKey(uid, number), { set: { told: true }, ...answered }, exists('sweep'));
}

/** Those that were answered. */
async function forgetTokens(home: Home, { uid, number, tokens }: RunItem): Promise<void> {
  if (tokens) await home.table.update(runKey(uid, number), { delete: { tokens } });
}
