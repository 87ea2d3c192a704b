/** Follows the logs of all tasks of a run over one connection, from the moment the first container is there. */
import type { Client } from '../../client/client.ts';
import { ApiError, UnreachableError } from '../../client/errors.ts';
import type { LogEvent, RunRef, TaskExecution } from '../../client/types.ts';

export type LogSink = (task: string, line: LogEvent) => Promise<void> | void;

export class LogPump {
  readonly #client: Client;
  readonly #ref: RunRef;
  readonly #sink: LogSink;
  readonly #signal: AbortSignal;
  readonly #ended = new Set<string>();
  #reading: Promise<void> | undefined;
  #isOver = false;
  #last: string | undefined;
  #lost: unknown;
  #news = Promise.withResolvers<void>();

  constructor(client: Client, ref: RunRef, options: { readonly sink: LogSink; readonly signal: AbortSignal }) {
    this.#client = client;
    this.#ref = ref;
    this.#sink = options.sink;
    this.#signal = options.signal;
  }

  /** Begins once there is something to read. A connection that was lost for long is taken up where it was. */
  update(tasks: readonly TaskExecution[]): void {
    if (tasks.some(hasLog)) this.#begin();
  }

  /** Lines of this task may still come. */
  isOpen(task: TaskExecution): boolean {
    return this.#reading !== undefined && hasLog(task) && !this.#ended.has(task.task_id);
  }

  /** Resolves when the next log comes to its end, and its task with it. */
  news(): Promise<void> {
    return this.#news.promise;
  }

  /** All lines have been handed over, or the signal has aborted. Returns why logs could not be read. */
  async finish(): Promise<unknown> {
    await this.#reading;
    // What was refused because too much went on at once may be there now.
    if (this.#lost) this.#begin();
    await this.#reading;
    return this.#lost;
  }

  #begin(): void {
    if (this.#reading || this.#isOver) return;
    this.#lost = undefined;
    this.#reading = this.#read()
      .catch((error: unknown) => {
        this.#lost = error;
        // What the API has refused it would refuse again: the run is followed on without its logs.
        this.#isOver = !(error instanceof UnreachableError || (error instanceof ApiError && error.passing));
      })
      .finally(() => {
        this.#reading = undefined;
        this.#ring();
      });
  }

  async #read(): Promise<void> {
    const events = this.#client.logs.followRun(this.#ref, { after: this.#last, signal: this.#signal });
    for await (const { id, lines, ended } of events) {
      for (const line of lines) await this.#sink(line.task, line);
      this.#last = id;
      for (const task of ended) this.#ended.add(task);
      if (ended.length) this.#ring();
    }
    this.#isOver = true;
  }

  #ring(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}

const hasLog = (task: TaskExecution): boolean =>
  !task.logs_removed && !task.logs_expired && (task.started > 0 || (task.attempts?.length ?? 0) > 0);
