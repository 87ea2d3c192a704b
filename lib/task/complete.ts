/**
 * The end of a task: `complete` writes its status, first writer wins, and does what follows from it.
 *
 * What follows is repeated whenever somebody completes the task again, so that a crash after the status is repaired by
 * the next event, by `next` or by the sweep.
 */
import type { Home } from '../home.ts';
import type { TaskConfig } from '../pipeline/config.ts';
import type { LoadedRun } from '../run/load.ts';
import type { RunItem } from '../run/run.ts';
import { settle } from '../run/settle.ts';
import { runKey, taskKey } from '../store/items/run.ts';
import { all, type Condition, contains, missing } from '../store/table.ts';
import { decide } from './decide.ts';
import { factChange, unstopped } from './launches.ts';
import { factsOf, type LaunchFacts, type TaskItem, type TaskReason, type TaskStatus } from './task.ts';
import { tellCompleted, tellCreated } from './tell.ts';

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
  if (row?.status) await follow(home, loaded, id, row, written !== undefined);
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
  if (row) await follow(home, loaded, id, row, true);
  return row !== undefined;
}

/**
 * All that follows from a task's status, each step repeatable: its own waiting state, its dependants, the run.
 *
 * `first`: this is the call that wrote the status. Then a dependant that still has an open parent is left to whoever
 * takes the last of them out of the open set: a join of 500 is decided once, not 500 times.
 */
export async function follow(home: Home, loaded: LoadedRun, id: string, row: TaskItem, first = false): Promise<void> {
  const { config } = loaded;
  const positions = new Map(config.tasks.map((task, position) => [task.id, position]));
  const isOpen = (run: RunItem | undefined, task: string) => run?.open?.has(positions.get(task) ?? -1) ?? false;
  const key = runKey(loaded.run.uid, loaded.run.number);
  const before = first ? loaded.run : ((await home.table.get(key)) as RunItem | undefined);
  const dependants = config.tasks.filter(({ depends_on }) => id in depends_on);
  const othersClosed = (run: RunItem | undefined) => (task: TaskConfig) =>
    !Object.keys(task.depends_on).some((parent) => parent !== id && isOpen(run, parent));
  const now = first ? dependants.filter(othersClosed(before)) : dependants;
  await Promise.all([
    ...(row.tokens ? [decide(home, loaded, id)] : []),
    ...now.map((task) => decide(home, loaded, task.id)),
  ]);
  if (before?.open && !isOpen(before, id)) return;
  const rest = (run: RunItem) => dependants.filter((task) => !now.includes(task)).filter(othersClosed(run));
  // Nobody's next step waits for this.
  await home.afterwards(async () => {
    if (before?.open) {
      const of = { run: loaded.run, task: id };
      // No container shows that it was told: whoever granted the launch may have died before that.
      if (row.launch === 1 && !factsOf(row, 1)) await tellCreated(home, of, row);
      await tellCompleted(home, of, row);
      const change = { set: { news: home.now() }, delete: { open: new Set([positions.get(id) ?? -1]) } };
      const after = await home.table.update(key, change, contains('open', positions.get(id) ?? -1));
      if (after) await Promise.all(rest(after as RunItem).map((task) => decide(home, loaded, task.id)));
      if (after?.['open']) return;
    }
    await settle(home, loaded);
  });
}
