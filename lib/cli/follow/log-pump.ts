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
  /** One log that can't be read must not end the others. */
  readonly #lost = new Map<string, unknown>();

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
      const reading = this.#read(task)
        .catch((error: unknown) => void this.#lost.set(task.task_id, error))
        .finally(() => this.#ended.add(task.task_id));
      this.#open.set(task.task_id, reading);
    }
  }

  /** Lines of this task may still come. */
  isOpen(task: string): boolean {
    return this.#open.has(task) && !this.#ended.has(task);
  }

  /** All lines have been handed over, or the signal has aborted. Returns why logs could not be read, by task. */
  async finish(): Promise<ReadonlyMap<string, unknown>> {
    await Promise.all(this.#open.values());
    return this.#lost;
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
