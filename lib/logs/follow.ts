/** The log of a task: the lines of its newest attempt, and of those that follow while somebody reads. */
import { GoferError, NotFoundError } from '../errors.ts';
import type { Home } from '../home.ts';
import type { LogLine } from '../ports/logs.ts';
import { taskKey } from '../store/items/run.ts';
import { attemptsOf } from '../task/attempts.ts';
import type { TaskId } from '../task/cancel.ts';
import { runName } from '../task/group.ts';
import { factsOf, type TaskItem } from '../task/task.ts';
import { hiddenIn } from './hidden.ts';
import { readMasked } from './masked.ts';

/** The log was deleted, or is older than logs are kept. */
export class LogsRemovedError extends GoferError {
  override readonly name = 'LogsRemovedError';
  constructor(task: string, number: number) {
    super(410, 'logs_removed', `the logs of task "${task}" in run ${number} have been removed`);
  }
}

export type LogRequest = TaskId & {
  /** Only this attempt. Absent: the newest, and every further one. */
  readonly attempt?: number;
  /** Id of a line (`<launch>.<line>`): only what comes after it. */
  readonly after?: string;
  /** Wait for more until the log ends. */
  readonly follow: boolean;
  readonly signal?: AbortSignal;
  /** Waits before the row is read again; milliseconds. */
  readonly pause: (signal?: AbortSignal) => Promise<unknown>;
};

/** Milliseconds in which the last lines of a container that stopped still may be on their way: CloudWatch shows them late. */
export const settling = 15_000;

/** A line of any of a task's launches; its id is good for `after`. */
export type TaskLogLine = LogLine & { readonly launch: number };

const readRow = async (home: Home, { uid, number, task }: TaskId) =>
  (await home.table.get(taskKey(uid, number, task))) as TaskItem | undefined;

/** Where a request begins to read. Throws what is wrong with it, before the first line is read. */
export async function findLog(home: Home, request: LogRequest): Promise<{ launch: number; after?: string }> {
  const row = await readRow(home, request);
  if (row?.logs_removed) throw new LogsRemovedError(request.task, request.number);
  const attempts = attemptsOf(row);
  const resumed = /^(\d+)\.(.+)$/.exec(request.after ?? '');
  if (resumed?.[1] && resumed[2]) return { launch: Number(resumed[1]), after: resumed[2] };
  if (request.attempt === undefined) return { launch: attempts.at(-1)?.launch ?? 1 };
  const launch = attempts.findLast(({ attempt }) => attempt === request.attempt)?.launch;
  if (launch !== undefined) return { launch };
  const count = attempts.at(-1)?.attempt ?? 0;
  throw new NotFoundError('attempt', request.attempt, `of task "${request.task}": there are ${count} so far`);
}

/** The lines in order. It ends when the attempt's log does or, without `attempt`, when the task is complete. */
export async function* readLog(home: Home, request: LogRequest): AsyncGenerator<TaskLogLine> {
  const begin = await findLog(home, request);
  const { follow, signal, attempt: only, pause } = request;
  let after = begin.after;
  for (let launch = begin.launch; !signal?.aborted; launch++) {
    if (!(await launched(launch))) return;
    const run = runName(request.uid, request.number);
    const ended = async () => hasEnded(await readRow(home, request), launch);
    // Who reads what is there, just after the end, means the whole of it.
    const stopped = factsOf(await readRow(home, request), launch)?.stopped ?? 0;
    const options = {
      follow: follow || home.now() - stopped < settling,
      ended,
      ...(after && { after }),
      ...(signal && { signal }),
    };
    const stream = { run, task: request.task, launch };
    for await (const line of readMasked(home.logs, stream, options, () => hiddenIn(home, { ...request, launch }))) {
      yield { ...line, id: `${launch}.${line.id}`, launch };
    }
    after = undefined;
    if (only !== undefined) return;
  }

  /** Waits for the launch. False: it never comes, or nobody wants to wait for it. */
  async function launched(launch: number): Promise<boolean> {
    while (!signal?.aborted) {
      const row = await readRow(home, request);
      if ((row?.launch ?? 0) >= launch) return true;
      if (row?.status || !follow) return false;
      await pause(signal);
    }
    return false;
  }
}

/** Nothing is written to the log of this launch any more. */
export function hasEnded(row: TaskItem | undefined, launch: number): boolean {
  return !row || row.status !== undefined || (row.launch ?? 0) > launch || factsOf(row, launch)?.state === 'STOPPED';
}
