/** Follows a run to its end: state and logs while it runs, then the outcome. */
import { UnreachableError } from '../../client/errors.ts';
import type { Run, RunRef, TaskExecution } from '../../client/types.ts';
import { exit } from '../exit.ts';
import { taskLines } from '../run-table.ts';
import type { Session } from '../session.ts';
import { statusPaint } from '../terminal/style.ts';
import { took } from '../terminal/time.ts';
import { ChangeView } from './change-view.ts';
import { LiveView } from './live-view.ts';
import { LogPump } from './log-pump.ts';
import { noView, type RunView } from './view.ts';

type State = {
  readonly run: Run;
  readonly tasks: readonly TaskExecution[];
  /** Why logs could not be read to their end. */
  readonly lost?: unknown;
};

/** A server that restarts is waited for, about 20 s. */
const patience = 8;

/** The exit code is the outcome: 0 only when the run succeeded, 130 when the user stopped looking. */
export async function followRun(session: Session, ref: RunRef, options: { readonly logs: boolean }): Promise<number> {
  const { io, terminal } = session;
  // What does not exist is said before anything is drawn.
  await session.client.runs.get(ref);
  const view = viewFor(session);
  const abort = new AbortController();
  const release = io.onInterrupt(() => abort.abort());
  const end = await watch(session, ref, { view, abort: abort.signal, logs: options.logs })
    .finally(() => view.close())
    .finally(() => {
      release();
      abort.abort();
    })
    .catch(async (error: unknown) => {
      if (error instanceof UnreachableError) await sayHowToReturn(session, ref, 'may go on');
      throw error;
    });
  if (end === undefined) {
    await sayHowToReturn(session, ref, 'goes on');
    return exit.interrupted;
  }
  if (end.lost)
    await terminal.notice(
      `note: logs could not be read to their end: ${end.lost instanceof Error ? end.lost.message : end.lost}`,
    );
  await terminal.show({ run: end.run, task_executions: end.tasks }, () => outcomeLines(session, end));
  return end.run.status === 'successful' ? exit.ok : exit.failed;
}

async function sayHowToReturn({ terminal }: Session, { pipeline, run }: RunRef, does: string): Promise<void> {
  await terminal.notice(`\nRun #${run} of "${pipeline}" ${does}.`);
  await terminal.notice(`  see it again:  gofer run watch ${pipeline} ${run}`);
  await terminal.notice(`  cancel it:     gofer run cancel ${pipeline} ${run}`);
}

/** `undefined`: the user stopped looking. */
async function watch(
  { client, io }: Session,
  ref: RunRef,
  options: { readonly view: RunView; readonly abort: AbortSignal; readonly logs: boolean },
): Promise<State | undefined> {
  const { view, abort, logs } = options;
  const pump = new LogPump(client, ref, { sink: (task, line) => view.log(task, line), signal: abort });
  const aborted = new Promise<undefined>((resolve) => abort.addEventListener('abort', () => resolve(undefined)));
  const read = async (): Promise<State> => {
    // The run first: tasks that are read after a complete run are complete too.
    const { run } = await client.runs.get(ref, patience);
    return { run, tasks: (await client.tasks.list(ref, patience)).task_executions };
  };
  const begin = io.now();
  const before = new Map<string, TaskExecution>();
  for (;;) {
    const state = await Promise.race([read(), aborted]);
    if (state === undefined) return undefined;
    if (logs && view !== noView) pump.update(state.tasks);
    const complete = state.run.state === 'complete';
    if (complete) {
      const end = await Promise.race([pump.finish().then((lost) => ({ ...state, lost })), aborted]);
      if (end) await view.update(state.run, state.tasks);
      return end;
    }
    // A task's end is told after its last line.
    const shown = state.tasks.map((task) =>
      task.state === 'complete' && pump.isOpen(task) ? (before.get(task.task_id) ?? task) : task,
    );
    for (const task of shown) before.set(task.task_id, task);
    await view.update(state.run, shown);
    await Promise.race([io.wait(lookAfter(io.now() - begin)), pump.news(), aborted]);
  }
}

/** Milliseconds until the next look at a run that is watched for so long. On AWS a look costs: 24 hours make 29,000. */
function lookAfter(watched: number): number {
  if (watched < 10_000) return 250;
  return watched < 5 * 60_000 ? 1000 : 3000;
}

function viewFor({ io, terminal }: Session): RunView {
  if (terminal.format === 'silent') return noView;
  if (terminal.format === 'json') return new ChangeView(io, io.stderr, terminal.errorStyle);
  const drawable = io.stdout.isTTY && io.env['TERM'] !== 'dumb' && !io.env['CI'];
  return drawable ? new LiveView(io, terminal.style) : new ChangeView(io, io.stdout, terminal.style);
}

function outcomeLines(session: Session, { run, tasks }: State): string[] {
  const { bold } = session.terminal.style;
  const status = statusPaint(session.terminal.style, run.status);
  const time = took(run.started, run.ended, session.io.now());
  const said = run.status_reason?.description;
  const mark = run.status === 'successful' ? '✓' : '✗';
  return [
    '',
    ...taskLines(session, run, tasks),
    '',
    `${status(mark)} ${bold(`Run #${run.run_id} of ${run.pipeline_id}`)} ${status(run.status)}${time && ` after ${time}`}${said ? `: ${said}` : ''}`,
  ];
}
