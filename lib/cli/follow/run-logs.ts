/** The logs of all tasks of a run, with every attempt: in the order of time, or with `--follow` as they come. */
import type { RunRef, TaskExecution } from '../../client/types.ts';
import { exit } from '../exit.ts';
import { inOrder } from '../run-table.ts';
import type { Session } from '../session.ts';
import { harmless } from '../terminal/text.ts';
import { ahead } from './ahead.ts';
import { Batch } from './batch.ts';
import { logText, Prefixes } from './log-text.ts';
import { merge } from './merge.ts';

/** On AWS an open log takes a function; most are shorter than what is read ahead, and are closed again at once. */
const reading = { atOnce: 5, items: 1000 };

type Options = { readonly follow?: boolean; readonly timestamps?: boolean };

export async function readRunLogs(session: Session, ref: RunRef, options: Options): Promise<number> {
  const abort = new AbortController();
  const release = session.io.onInterrupt(() => abort.abort());
  try {
    if (options.follow) await follow(session, ref, options, abort.signal);
    else await print(session, ref, options, abort.signal);
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  } finally {
    release();
  }
  return abort.signal.aborted ? exit.interrupted : exit.ok;
}

async function follow(session: Session, ref: RunRef, options: Options, signal: AbortSignal): Promise<void> {
  const write = writer(session, options);
  write.widen((await session.client.tasks.list(ref, 8)).task_executions);
  try {
    for await (const { lines } of session.client.logs.followRun(ref, { signal }))
      for (const { task, ...line } of lines) await write.line(task, line);
  } finally {
    await write.flush();
  }
}

async function print(session: Session, ref: RunRef, options: Options, signal: AbortSignal): Promise<void> {
  const { client, terminal } = session;
  const { task_executions } = await client.tasks.list(ref);
  const write = writer(session, options);
  write.widen(task_executions);
  const withLog = inOrder(task_executions).filter(
    (task) => attemptsOf(task).length && !task.logs_removed && !task.logs_expired,
  );
  const lines = ahead(
    withLog.map((task) => everyAttempt(session, ref, task, signal)),
    reading,
  );
  for await (const { task, ...line } of merge(lines)) await write.line(task, { ...line, source: 'stdout' });
  await write.flush();
  const gone = task_executions.filter(({ logs_removed, logs_expired }) => logs_removed || logs_expired);
  if (gone.length)
    await terminal.notice(`note: removed or expired: the logs of ${gone.map(({ task_id }) => task_id).join(', ')}`);
}

type TimedLine = { readonly task: string; readonly attempt: number; readonly time: number; readonly text: string };

/** Those that have run, in their order. Two containers may belong to one, of which the later one counts. */
const attemptsOf = ({ started, attempts }: TaskExecution): number[] =>
  attempts
    ? [...new Set(attempts.filter((each) => each.started > 0).map(({ attempt }) => attempt))]
    : started > 0
      ? [1]
      : [];

async function* everyAttempt(
  { client }: Session,
  ref: RunRef,
  task: TaskExecution,
  signal: AbortSignal,
): AsyncGenerator<TimedLine> {
  for (const attempt of attemptsOf(task)) {
    const query = { attempt, timestamps: true, tries: 8, signal };
    const { body } = await client.logs.read({ ...ref, task: task.task_id }, query);
    yield* timed(task.task_id, attempt, body ?? []);
  }
}

/** Lines come as `<ISO time> <text>`. A line without a time continues the one before, and keeps its place. */
async function* timed(task: string, attempt: number, body: AsyncIterable<Uint8Array> | []): AsyncGenerator<TimedLine> {
  const decoder = new TextDecoder();
  let rest = '';
  let last = 0;
  const parse = (line: string): TimedLine => {
    const time = Date.parse(line.slice(0, 24));
    if (Number.isNaN(time)) return { task, attempt, time: last, text: line };
    last = time;
    return { task, attempt, time, text: line.slice(25) };
  };
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.map(parse);
  }
  if (rest) yield parse(rest);
}

function writer({ io, terminal }: Session, { timestamps = false }: Options) {
  const batch = new Batch(io.stdout);
  const prefixes = new Prefixes(terminal.style);
  return {
    widen: (tasks: readonly TaskExecution[]) => prefixes.widen(tasks.map(({ task_id }) => harmless(task_id))),
    line: (task: string, line: Parameters<typeof logText>[0]): Promise<void> | void => {
      if (terminal.format === 'json') return batch.add(`${JSON.stringify({ task, ...line })}\n`);
      if (terminal.format === 'plain')
        return batch.add(`${prefixes.of(task)}${logText(line, { isTTY: io.stdout.isTTY, timestamps })}\n`);
    },
    flush: () => batch.flush(),
  };
}
