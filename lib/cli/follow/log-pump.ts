/** Follows the logs of all tasks of a run at once: each from the moment its first container is there. */
import type { Client } from '../../client/client.ts';
import type { LogEvent, RunRef, TaskExecution } from '../../client/types.ts';

export type LogSink = (task: string, line: LogEvent) => Promise<void> | void;

export class LogPump {
  readonly #client: Client;
  readonly #ref: RunRef;
  readonly #sink: LogSink;
  readonly #signal: AbortSignal;
  readonly #open = new Map<string, Promise<void>>();
  readonly #ended = new Set<string>();

  constructor(client: Client, ref: RunRef, options: { readonly sink: LogSink; readonly signal: AbortSignal }) {
    this.#client = client;
    this.#ref = ref;
    this.#sink = options.sink;
    this.#signal = options.signal;
  }

  /** Opens what has begun since the last call. */
  update(tasks: readonly TaskExecution[]): void {
    for (const task of tasks) {
      if (this.#open.has(task.task_id) || !hasLog(task)) continue;
      const reading = this.#read(task).finally(() => this.#ended.add(task.task_id));
      // Whoever waits for the end gets the failure; until then it must not count as unhandled.
      reading.catch(() => {});
      this.#open.set(task.task_id, reading);
    }
  }

  /** Lines of this task may still come. */
  isOpen(task: string): boolean {
    return this.#open.has(task) && !this.#ended.has(task);
  }

  /** All lines have been handed over, or the signal has aborted. Throws the first failure. */
  async finish(): Promise<void> {
    await Promise.all(this.#open.values());
  }

  async #read({ task_id, attempts = [] }: TaskExecution): Promise<void> {
    const last = attempts.at(-1)?.attempt ?? 1;
    // Without a number a stream begins with the newest attempt and goes on with those that follow.
    for (let attempt = 1; attempt < last; attempt++) await this.#readAttempt(task_id, attempt);
    await this.#readAttempt(task_id);
  }

  async #readAttempt(task: string, attempt?: number): Promise<void> {
    const lines = this.#client.logs.follow(
      { ...this.#ref, task },
      { signal: this.#signal, ...(attempt === undefined ? {} : { attempt }) },
    );
    for await (const line of lines) await this.#sink(task, line);
  }
}

const hasLog = (task: TaskExecution): boolean =>
  !task.logs_removed && !task.logs_expired && (task.started > 0 || (task.attempts?.length ?? 0) > 0);
