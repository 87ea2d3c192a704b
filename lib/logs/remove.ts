/** Removing a task's log: marked first, so that nobody begins to read what is going away. */
import { ConflictError } from '../errors.ts';
import type { Home } from '../home.ts';
import { taskKey } from '../store/items/run.ts';
import { exists } from '../store/table.ts';
import type { TaskId } from '../task/cancel.ts';
import { runName } from '../task/group.ts';
import type { TaskItem } from '../task/task.ts';

/** Removes the logs of every attempt. Repeating it finishes what was begun. */
export async function removeLogs(home: Home, { uid, number, task }: TaskId): Promise<void> {
  const change = { set: { logs_removed: true } };
  const row = (await home.table.update(taskKey(uid, number, task), change, exists('status'))) as TaskItem | undefined;
  if (!row)
    throw new ConflictError(`task "${task}" of run ${number} is not complete: its logs are still being written`);
  for (let launch = 1; launch <= (row.launch ?? 0); launch++) {
    await home.logs.remove({ run: runName(uid, number), task, launch });
  }
}
