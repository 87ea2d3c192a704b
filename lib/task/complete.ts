/**
 * The end of a task: `complete` writes its status, first writer wins, and does what follows from it.
 *
 * What follows is repeated whenever somebody completes the task again, so that a crash after the status is repaired by
 * the next event, by `next` or by the sweep.
 */
import { emit } from '../events/events.ts';
import type { Home } from '../home.ts';
import type { LoadedRun } from '../run/load.ts';
import type { RunItem } from '../run/run.ts';
import { settle } from '../run/settle.ts';
import { runKey, taskKey } from '../store/items.ts';
import { all, type Condition, contains, missing } from '../store/table.ts';
import { decide } from './decide.ts';
import { factChange, unstopped } from './launches.ts';
import type { LaunchFacts, TaskItem, TaskReason, TaskStatus } from './task.ts';

export type Completion = {
  readonly reason?: TaskReason;
  /** What must hold of the row besides having no status: what the decision was made from. */
  readonly when?: Condition;
};

/** Completes task `id`, unless it is complete or `when` does not hold. */
export async function complete(
  home: Home,
  loaded: LoadedRun,
  id: string,
  status: TaskStatus,
  completion: Completion = {},
): Promise<void> {
  const { uid, number } = loaded.run;
  const now = home.now();
  const key = taskKey(uid, number, id);
  const set = { status, reason: completion.reason, ended: now, news: now };
  const written = await home.table.update(key, { set }, all(missing('status'), completion.when ?? missing('status')));
  const row = (written ?? (await home.table.get(key))) as TaskItem | undefined;
  if (row?.status) await follow(home, loaded, id, row);
}

/** Records that a launch has stopped with exit code 0 and completes the task, in one write. False: one of both was so already. */
export async function completeSuccessful(
  home: Home,
  loaded: LoadedRun,
  id: string,
  launch: number,
  facts: LaunchFacts,
): Promise<boolean> {
  const set = { ...factChange(home, launch, facts), status: 'successful', ended: facts.stopped ?? home.now() };
  const key = taskKey(loaded.run.uid, loaded.run.number, id);
  const row = (await home.table.update(key, { set }, all(missing('status'), unstopped(launch)))) as
    | TaskItem
    | undefined;
  if (row) await follow(home, loaded, id, row);
  return row !== undefined;
}

/** All that follows from a task's status, each step repeatable: its dependants, its own waiting state, the run. */
export async function follow(home: Home, loaded: LoadedRun, id: string, row: TaskItem): Promise<void> {
  const { config, run } = loaded;
  const position = config.tasks.findIndex((task) => task.id === id);
  const dependants = config.tasks.filter(({ depends_on }) => id in depends_on);
  await Promise.all([
    ...dependants.map((task) => decide(home, loaded, task.id)),
    ...(row.tokens ? [decide(home, loaded, id)] : []),
  ]);
  const key = runKey(run.uid, run.number);
  const before = (await home.table.get(key)) as RunItem | undefined;
  if (!before?.open) return settle(home, loaded);
  if (!before.open.has(position)) return;
  await emitCompleted(home, run, id, row);
  const change = { set: { news: home.now() }, delete: { open: new Set([position]) } };
  const after = (await home.table.update(key, change, contains('open', position))) as RunItem | undefined;
  if (!after?.open) await settle(home, loaded);
}

async function emitCompleted(home: Home, run: RunItem, id: string, row: TaskItem): Promise<void> {
  const ids = { namespace_id: run.namespace, pipeline_id: run.pipeline, run_id: run.number, task_execution_id: id };
  const kind = { completed_task_execution: { ...ids, status: row.status ?? 'unknown' } } as const;
  await emit(home, { time: row.ended ?? home.now(), kind, key: `${run.uid}/${run.number}/${id}/completed` });
}
