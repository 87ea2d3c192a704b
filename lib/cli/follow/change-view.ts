/** A followed run as lines, for pipes and CI logs: one line a change, log lines between them. */
import type { LogEvent, Run, TaskExecution } from '../../client/types.ts';
import type { Io, Sink } from '../io.ts';
import { inOrder } from '../run-table.ts';
import { stateOf, whyTask } from '../task-reason.ts';
import { type Style, statusPaint } from '../terminal/style.ts';
import { took } from '../terminal/time.ts';
import { Batch } from './batch.ts';
import { logText, Prefixes } from './log-text.ts';
import type { RunView } from './view.ts';

export class ChangeView implements RunView {
  readonly #io: Io;
  readonly #style: Style;
  readonly #sink: Sink;
  readonly #batch: Batch;
  readonly #prefixes: Prefixes;
  /** Tasks whose log has told that they run, before the API did. */
  readonly #spoke = new Set<string>();
  readonly #starting = new Map<string, number>();
  readonly #shown = new Map<string, string | undefined>();
  #run = '';

  constructor(io: Io, sink: Sink, style: Style) {
    this.#io = io;
    this.#style = style;
    this.#sink = sink;
    this.#batch = new Batch(sink);
    this.#prefixes = new Prefixes(style);
  }

  update(run: Run, tasks: readonly TaskExecution[]): Promise<void> | void {
    this.#prefixes.widen(tasks.map(({ task_id }) => task_id));
    const lines: string[] = [];
    const progress = run.cancelling ? 'cancelling' : run.state;
    if (progress !== this.#run && progress !== 'complete') {
      const queue = run.queue_position === undefined ? '' : `, position ${run.queue_position} in the queue`;
      lines.push(
        `Run #${run.run_id} of "${run.pipeline_id}" is ${statusPaint(this.#style, progress)(progress)}${queue}`,
      );
    }
    this.#run = progress;
    for (const task of inOrder(tasks)) {
      const state = stateOf(task, run);
      const before = this.#shown.get(task.task_id);
      const now =
        quiet.has(state) && before === undefined ? undefined : `${state} ${task.attempts?.at(-1)?.attempt ?? 1}`;
      if (now === before || (state === 'starting' && this.#isBrief(task.task_id))) continue;
      this.#shown.set(task.task_id, now);
      if (state === 'running' && this.#spoke.delete(task.task_id)) continue;
      lines.push(this.#line(task, tasks, run, state));
    }
    if (lines.length) return this.#batch.add(lines.map((line) => `${line}\n`).join(''));
  }

  log(task: string, line: LogEvent): Promise<void> | void {
    if (!this.#shown.get(task)?.startsWith('running')) this.#spoke.add(task);
    return this.#batch.add(`${this.#prefixes.of(task)}${logText(line, this.#sink)}\n`);
  }

  close(): Promise<void> {
    return this.#batch.flush();
  }

  /** On one machine a container is there at once; on AWS it takes a minute, which is worth a line. */
  #isBrief(task: string): boolean {
    const now = this.#io.now();
    const since = this.#starting.get(task) ?? now;
    this.#starting.set(task, since);
    return now - since < 2000;
  }

  /** `build │ failed after 1.2s, exit code 3`. */
  #line(task: TaskExecution, tasks: readonly TaskExecution[], run: Run, state: string): string {
    const time = task.state === 'complete' ? took(task.started, task.ended, this.#io.now()) : '';
    const exit = task.status === 'failed' && task.exit_code != null ? `exit code ${task.exit_code}` : '';
    const more = [exit, whyTask(task, tasks, run, this.#io.now())].filter(Boolean).join(', ');
    const paint = statusPaint(this.#style, state);
    return `${this.#prefixes.of(task.task_id)}${paint(state)}${time && ` after ${time}`}${more && `: ${more}`}`;
  }
}

/** Where every task begins: not news, until it comes back to it. */
const quiet = new Set(['waiting', 'queued', 'unknown']);
