/** Cancel of a task: its container is stopped, or it never starts. */
import { NotFoundError } from '../errors.ts';
import type { Home } from '../home.ts';
import { type LoadedRun, loadRun } from '../run/load.ts';
import { taskKey } from '../store/items/run.ts';
import { all, missing } from '../store/table.ts';
import { decide } from './decide.ts';
import { stopTimeoutOf } from './request.ts';
import { factsOf, type TaskItem } from './task.ts';
import { tellCancelling } from './tell.ts';

export type TaskId = { readonly uid: string; readonly number: number; readonly task: string };

/** Marks the task and stops its container. A task that is complete stays as it is. Returns the row as it is then. */
export async function cancelTask(
  home: Home,
  { uid, number, task }: TaskId,
  by: 'user' | 'admin' = 'user',
): Promise<TaskItem> {
  const loaded = await loadRun(home, uid, number);
  if (!loaded) throw new NotFoundError('run', number);
  const config = loaded.tasks.get(task);
  if (!config) throw new NotFoundError('task', task, `in run ${number}`);
  const key = taskKey(uid, number, task);
  const found = (await home.table.get(key)) as TaskItem | undefined;
  if (!found?.status && loaded.run.state !== 'complete') {
    const now = home.now();
    const set = { cancelling: by, cancelled_at: now, news: now };
    const marked = await home.table.update(key, { set }, all(missing('status'), missing('cancelling')));
    const row = (marked ?? found) as TaskItem | undefined;
    if (row?.cancelling) await tellCancelling(home, { run: loaded.run, task }, row, stopTimeoutOf(config));
    await cancelRow(home, loaded, task);
  }
  return ((await home.table.get(key)) as TaskItem | undefined) ?? { ...key };
}

/** Completes the row if no launch of it can live, and stops the container that does. What is in flight is stopped when it shows. */
export async function cancelRow(home: Home, loaded: LoadedRun, task: string): Promise<void> {
  const { uid, number } = loaded.run;
  await decide(home, loaded, task);
  const row = (await home.table.get(taskKey(uid, number, task))) as TaskItem | undefined;
  const facts = factsOf(row, row?.launch ?? 0);
  if (!row?.status && facts?.state === 'RUNNING') await home.containers.stop(facts.arn, 'cancelled');
}
