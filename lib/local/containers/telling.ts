/** Tells of containers that run or stopped, as often as it takes, and lets those go whose end has been told. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskStateChange } from '../../task/event.ts';
import { type EcsTask, eventOf } from './ecs-task.ts';
import { untilDone } from './until-done.ts';

/** Removing a container is work for the whole machine, and what comes next is waited for: it stays this long, in milliseconds. */
const lingering = 1_000;

/** How long a closing server waits for containers that are being removed, in milliseconds. */
const patience = 5_000;

export class Telling {
  readonly #emit: (event: TaskStateChange) => Promise<void>;
  /** Containers that are being removed. */
  readonly #leaving = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #closed = false;

  constructor(emit: (event: TaskStateChange) => Promise<void>) {
    this.#emit = emit;
  }

  /** In the background, until `late`: the news of a stop is worth more. */
  runs(task: EcsTask, late: () => boolean) {
    void untilDone(
      () => this.#tell(task),
      () => this.#closed || late(),
    );
  }

  /** Resolves when it was told once; a handler that failed is asked again in the background. Removes only then. */
  async stopped(task: EcsTask, remove: () => Promise<void>): Promise<void> {
    const first = this.#tell(task);
    void this.#andRemove(task, first, remove);
    await first.catch(() => {});
  }

  /** Nothing is told any more. What was told should not stay behind: its data folder may go with this server. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#closing.abort();
    await Promise.race([Promise.allSettled(this.#leaving), sleep(patience, undefined, { ref: false })]);
  }

  async #andRemove(task: EcsTask, first: Promise<void>, remove: () => Promise<void>): Promise<void> {
    let attempt: Promise<void> | undefined = first;
    const tell = () => {
      const telling = attempt ?? this.#tell(task);
      attempt = undefined;
      return telling;
    };
    if (!(await untilDone(tell, () => this.#closed))) return;
    // One that can't be removed now is removed by the next server, which finds its result.
    const leaving = this.#linger()
      .then(remove)
      .catch(() => {});
    this.#leaving.add(leaving);
    await leaving;
    this.#leaving.delete(leaving);
  }

  async #linger(): Promise<void> {
    await sleep(lingering, undefined, { ref: false, signal: this.#closing.signal }).catch(() => {});
  }

  async #tell(task: EcsTask): Promise<void> {
    await this.#emit(eventOf(task));
  }
}
