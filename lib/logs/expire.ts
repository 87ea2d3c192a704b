/** Logs that are kept for a number of runs. Readers are refused as soon as it is over; the bytes go with the next sweep. */
import { GoferError } from '../errors.ts';
import type { Home } from '../home.ts';
import { lastExpired } from '../object/expiry.ts';
import { type StoreItem, storeKey } from '../store/items/object.ts';
import type { PipelineItem } from '../store/items/pipeline.ts';
import { tasksPartition } from '../store/items/run.ts';
import { equals } from '../store/table.ts';
import { runName } from '../task/group.ts';
import type { TaskItem } from '../task/task.ts';

/** Runs of a pipeline whose logs one sweep removes: AWS takes some calls a second. */
const mostRuns = 50;

/** Removes the logs of runs that are long over. A process that dies in between begins again where it was. */
export async function expireLogs(home: Home, pipeline: PipelineItem, { uid, logs = 0 }: StoreItem): Promise<void> {
  const runs = home.settings.retention?.runLogs;
  if (runs === undefined) return;
  const last = Math.min(lastExpired(pipeline, runs), logs + mostRuns);
  if (last <= logs) return;
  for (let number = logs + 1; number <= last; number++) await removeAll(home, uid, number);
  await home.table.update(storeKey(uid), { set: { logs: last } }, equals('uid', uid));
}

async function removeAll(home: Home, uid: string, number: number): Promise<void> {
  const rows = (await home.table.query(tasksPartition(uid, number))) as TaskItem[];
  for (const { sk: task, launch: launches = 0, logs_removed } of rows) {
    if (logs_removed) continue;
    for (let launch = 1; launch <= launches; launch++)
      await home.logs.remove({ run: runName(uid, number), task, launch });
  }
}

/** The log is older than logs are kept. */
export class LogsExpiredError extends GoferError {
  override readonly name = 'LogsExpiredError';
  constructor(number: number, runs: number | undefined) {
    super(
      410,
      'logs_expired',
      `the logs of run ${number} have expired: they are kept until ${runs} further runs are over`,
    );
  }
}
