/** What the sweep does for a task of a run that is not complete. */
import type { Home } from '../home.ts';
import type { Container } from '../ports/containers.ts';
import type { ExecutionState } from '../ports/machines.ts';
import { runKey, taskKey } from '../store/items/run.ts';
import { all, differs, equals, exists, missing } from '../store/table.ts';
import { complete, follow } from '../task/complete.ts';
import { decide } from '../task/decide.ts';
import { parseGroup } from '../task/group.ts';
import { factsFrom, recordEnd, recordFacts } from '../task/launches.ts';
import { overdue } from '../task/reason.ts';
import { taskDefinitionOf } from '../task/request.ts';
import { lacksDefinition } from '../task/retry.ts';
import { factsOf, type TaskItem } from '../task/task.ts';
import type { LoadedRun } from './load.ts';
import type { RunItem } from './run.ts';
import type { Seen } from './sight.ts';

/** A task, with what the table and the listing say of it. */
export type TaskSeen = {
  readonly id: string;
  readonly position: number;
  readonly row: TaskItem | undefined;
  readonly containers: readonly Container[];
  /** Its launch was held, and may be tried now. */
  readonly tried: boolean;
};

type Found = TaskSeen & {
  readonly execution: Seen;
  /** When the containers were listed: whatever is newer in the row is not to be seen there. */
  readonly listed: number;
  readonly defined: Set<string>;
};

/** Since when nothing was heard of the task, but for an interval that it waits. */
export const quietSince = (run: RunItem, row: TaskItem | undefined) =>
  Math.max(row?.news ?? run.news, row?.not_before ?? 0);

/** Nothing is to happen to the task before it is its launch's turn. */
export const isHeld = (row: TaskItem | undefined) => row?.phase === 'held' && !row.status && !row.cancelling;

export async function sweepTask(home: Home, loaded: LoadedRun, found: Found): Promise<void> {
  const { run } = loaded;
  const { id, execution } = found;
  if (found.row?.status) {
    if (run.open?.has(found.position)) await follow(home, loaded, id, found.row);
    for (const container of found.containers) await recordEnd(home, run, found.row, container);
    return stopAll(home, found.containers, 'its task is over');
  }
  let row = found.row;
  for (const container of found.containers)
    row = (await sweepContainer(home, loaded, row, container, execution)) ?? row;
  const facts = factsOf(row, row?.launch ?? 0);
  if (facts?.state === 'STOPPED' && facts.exit_code === 0) return complete(home, loaded, id, 'successful');
  if ((row?.phase === 'later' || row?.phase === 'held') && lacksDefinition(row)) await defineAgain(home, loaded, found);
  if (execution === 'unknown') return;
  if (execution?.state !== 'running') return endWithoutExecution(home, loaded, row, { ...found, execution });
  if (isHeld(row)) return found.tried ? decide(home, loaded, id, undefined, unseen(row, found)) : undefined;
  if (found.listed - quietSince(run, row) >= home.settings.quiet * 1000) await decide(home, loaded, id);
}

/** The newest launch, if this listing is late enough to show its container, and shows none that lives: no other is needed. */
function unseen(row: TaskItem | undefined, { listed, containers }: Found): number | undefined {
  const lives = containers.some(({ lastStatus }) => lastStatus !== 'STOPPED');
  return row && !lives && listed >= (row.not_before ?? 0) ? row.launch : undefined;
}

/** The next launch finds it. Nobody else may register definitions, so it is left to the sweep. */
async function defineAgain(home: Home, { run, config, tasks }: LoadedRun, { id, defined }: Found): Promise<void> {
  const task = tasks.get(id);
  const definition = task && taskDefinitionOf(task, { ...config, namespace: run.namespace }, home.settings);
  if (!definition || defined.has(home.containers.nameOf(definition))) return;
  defined.add(await home.containers.define(definition));
}

/** Records what the listing shows, and stops what nobody expects or what is overdue. Returns the row if it has changed. */
async function sweepContainer(
  home: Home,
  { run, tasks }: LoadedRun,
  row: TaskItem | undefined,
  container: Container,
  execution: Seen,
): Promise<TaskItem | undefined> {
  const launch = parseGroup(container.group);
  if (!launch) return undefined;
  if (container.lastStatus === 'STOPPED') return recordEnd(home, run, row, container);
  const known = factsOf(row, launch.launch);
  const unexpected = (now: TaskItem | undefined) => {
    if (now?.cancelling || run.cancelling) return 'cancelled';
    const waits = execution === 'unknown' || execution?.state === 'running';
    return now?.launch === launch.launch && waits ? undefined : 'nobody waits for it';
  };
  if (unexpected(row)) {
    // The row was read before the listing: the launch may have been granted in between.
    const now = (await home.table.get(taskKey(run.uid, run.number, launch.task))) as TaskItem | undefined;
    const why = unexpected(now);
    if (why) await home.containers.stop(container.arn, why);
    return now;
  }
  const timeout = tasks.get(launch.task)?.timeout ?? home.settings.defaultTimeout;
  const started = container.startedAt ?? known?.started;
  if (started !== undefined && home.now() > started + timeout * 1000) {
    await home.containers.stop(container.arn, `${overdue} ran longer than ${timeout} s`);
  }
  return container.lastStatus === 'RUNNING' && !known
    ? recordFacts(home, { run, row, launch }, factsFrom(container))
    : undefined;
}

const stopAll = async (home: Home, containers: readonly Container[], why: string) => {
  const living = containers.filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  await Promise.all(living.map(({ arn }) => home.containers.stop(arn, why)));
};

/**
 * The execution is closed, or gone. Nothing is concluded before it has been closed for a quiet time (a RunTask may be in
 * flight) and a listing taken after that shows no container.
 */
async function endWithoutExecution(
  home: Home,
  loaded: LoadedRun,
  row: TaskItem | undefined,
  { id, execution, listed, containers }: Found & { readonly execution: ExecutionState | undefined },
): Promise<void> {
  const { run } = loaded;
  const closed = execution?.state === 'closed' ? execution.stopped : (run.cancelled_at ?? 0);
  if (listed - Math.max(row?.news ?? 0, closed) < home.settings.quiet * 1000) return;
  if (!run.cancelling && run.error === undefined) await markGone(home, run, execution);
  if (containers.some(({ lastStatus }) => lastStatus !== 'STOPPED')) return;
  const same = (name: 'phase' | 'launch') => (row?.[name] === undefined ? missing(name) : equals(name, row[name]));
  const when = all(same('phase'), same('launch'));
  if (run.cancelling || row?.cancelling) {
    return complete(home, loaded, id, 'cancelled', {
      when,
      reason: { reason: 'cancelled', description: 'stopped on request' },
    });
  }
  const description = `the run's execution ended before the task did: ${ending(execution)}`;
  if (row?.launch) return complete(home, loaded, id, 'failed', { when, reason: { reason: 'orphaned', description } });
  return complete(home, loaded, id, 'skipped', { when, reason: { reason: 'failed_precondition', description } });
}

async function markGone(home: Home, run: RunItem, execution: ExecutionState | undefined): Promise<void> {
  const error = `the run's execution ended by itself: ${ending(execution)}`;
  const open = all(exists('open'), differs('state', 'complete'), missing('error'), missing('cancelling'));
  await home.table.update(runKey(run.uid, run.number), { set: { error } }, open);
}

const ending = (execution: ExecutionState | undefined) =>
  execution?.state === 'closed'
    ? [execution.status, execution.error, execution.cause].filter(Boolean).join(': ')
    : 'it does not exist any more';
