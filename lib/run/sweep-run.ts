/** What the sweep does for a run that is not complete. */
import type { Home } from '../home.ts';
import type { Container } from '../ports/containers.ts';
import type { ExecutionState } from '../ports/machines.ts';
import { runKey, taskKey, tasksPartition } from '../store/items.ts';
import { all, differs, equals, exists, missing } from '../store/table.ts';
import { complete, follow } from '../task/complete.ts';
import { decide } from '../task/decide.ts';
import { parseGroup } from '../task/group.ts';
import { factsFrom, recordEnd, recordFacts } from '../task/launches.ts';
import { overdue } from '../task/reason.ts';
import { taskDefinitionOf } from '../task/request.ts';
import { lacksDefinition } from '../task/retry.ts';
import { factsOf, type TaskItem } from '../task/task.ts';
import { cancelRun } from './cancel.ts';
import { startExecution } from './dispatch.ts';
import { executionOf } from './execution.ts';
import { findRun, type LoadedRun, loadRun } from './load.ts';
import type { RunItem } from './run.ts';
import { settle } from './settle.ts';
import type { Seen, Sight } from './sight.ts';

/** Brings a run on that is not complete. Its execution is asked for only when something depends on it. */
export async function sweepRun(home: Home, found: RunItem, sight: Sight): Promise<void> {
  if (found.deadline !== undefined && home.now() > found.deadline && !found.cancelling)
    await cancelRun(home, found, 'timeout');
  const loaded = await loadRun(home, found.uid, found.number);
  if (!loaded || loaded.run.state === 'complete') return;
  const { run } = loaded;
  const quiet = home.settings.quiet * 1000;
  if (run.state === 'running' && !run.begun && !run.cancelling) {
    // Whoever took it to running may still be at it. To start it again is the same call.
    return sight.listed - run.news >= quiet ? startExecution(home, run) : undefined;
  }
  const rows = (await home.table.query(tasksPartition(run.uid, run.number))) as TaskItem[];
  const tasks = loaded.config.tasks.map(({ id }, position) => ({
    id,
    position,
    row: rows.find(({ sk }) => sk === id),
    containers: sight.containers.filter(({ group }) => parseGroup(group)?.task === id),
  }));
  const execution = needsExecution(home, loaded, sight, tasks) ? await ask(home, run, sight) : 'unknown';
  if (execution !== 'unknown' && execution?.state === 'running' && run.cancelling)
    return home.machines.stop(executionOf(run), 'its run is cancelled');
  for (const task of tasks)
    await sweepTask(home, loaded, { ...task, execution, listed: sight.listed, defined: sight.defined });
  const after = await findRun(home, run.uid, run.number);
  if (after && !after.open) await settle(home, loaded);
}

type Found = {
  readonly id: string;
  readonly position: number;
  readonly row: TaskItem | undefined;
  readonly execution: Seen;
  /** When the containers were listed: whatever is newer in the row is not to be seen there. */
  readonly listed: number;
  readonly containers: readonly Container[];
  readonly defined: Set<string>;
};

/** A run in which all goes as it should is asked about this many quiet times apart: its execution may have died unseen. */
const rarely = 10;

function needsExecution(
  home: Home,
  { run, config }: LoadedRun,
  { listed }: Sight,
  tasks: readonly Omit<Found, 'execution' | 'listed' | 'defined'>[],
): boolean {
  if (run.cancelling) return true;
  const quiet = home.settings.quiet * 1000;
  if (listed - Math.max(run.news, run.looked ?? 0) >= rarely * quiet) return true;
  const positions = new Map(config.tasks.map(({ id }, position) => [id, position]));
  const waits = (id: string) =>
    Object.keys(config.tasks[positions.get(id) ?? -1]?.depends_on ?? {}).some((parent) =>
      run.open?.has(positions.get(parent) ?? -1),
    );
  return tasks.some(({ id, position, row, containers }) => {
    if (!run.open?.has(position) || row?.status || listed - quietSince(run, row) < quiet) return false;
    const runs = containers.some(
      ({ group, lastStatus }) => lastStatus !== 'STOPPED' && parseGroup(group)?.launch === row?.launch,
    );
    return row?.phase === undefined ? !waits(id) : !(row.phase === 'granted' && runs);
  });
}

const quietSince = (run: RunItem, row: TaskItem | undefined) => Math.max(row?.news ?? run.news, row?.not_before ?? 0);

/** Notes when, so that those come first next time who were asked about longest ago. */
async function ask(home: Home, run: RunItem, { listed, execution }: Sight): Promise<Seen> {
  const found = await execution(run);
  if (found !== 'unknown' && listed - (run.looked ?? 0) >= home.settings.quiet * 1000)
    await home.table.update(runKey(run.uid, run.number), { set: { looked: listed } }, differs('state', 'complete'));
  return found;
}

async function sweepTask(home: Home, loaded: LoadedRun, found: Found): Promise<void> {
  const { run } = loaded;
  const { id, execution } = found;
  if (found.row?.status) {
    if (run.open?.has(found.position)) await follow(home, loaded, id, found.row);
    for (const container of found.containers) await recordEnd(home, found.row, container);
    return stopAll(home, found.containers, 'its task is over');
  }
  let row = found.row;
  for (const container of found.containers)
    row = (await sweepContainer(home, loaded, row, container, execution)) ?? row;
  const facts = factsOf(row, row?.launch ?? 0);
  if (facts?.state === 'STOPPED' && facts.exit_code === 0) return complete(home, loaded, id, 'successful');
  if (row?.phase === 'later' && lacksDefinition(row)) await defineAgain(home, loaded, found);
  if (execution === 'unknown') return;
  if (execution?.state !== 'running') return endWithoutExecution(home, loaded, row, { ...found, execution });
  if (found.listed - quietSince(run, row) >= home.settings.quiet * 1000) await decide(home, loaded, id);
}

/** The next launch finds it. Nobody else may register definitions, so it is left to the sweep. */
async function defineAgain(home: Home, { tasks }: LoadedRun, { id, defined }: Found): Promise<void> {
  const task = tasks.get(id);
  const definition = task && taskDefinitionOf(task, home.settings);
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
  if (container.lastStatus === 'STOPPED') return recordEnd(home, row, container);
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
  return container.lastStatus === 'RUNNING' && !known ? recordFacts(home, launch, factsFrom(container)) : undefined;
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
