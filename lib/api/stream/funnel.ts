/** Many who put in, one who takes out: batches, so that a reader pays per batch and not per line. */
import { setImmediate } from 'node:timers/promises';

export type FunnelOptions<T> = {
  readonly sizeOf: (item: T) => number;
  /** Whoever puts in waits while this much waits for the reader: a stalled reader costs no more than this. */
  readonly most?: number;
};

const defaultMost = 128 * 1024;

export class Funnel<T> {
  readonly #sizeOf: (item: T) => number;
  readonly #most: number;
  #waiting: T[] = [];
  #size = 0;
  #over: { readonly error?: unknown } | undefined;
  #came = Promise.withResolvers<void>();
  #taken = Promise.withResolvers<void>();

  constructor({ sizeOf, most = defaultMost }: FunnelOptions<T>) {
    this.#sizeOf = sizeOf;
    this.#most = most;
  }

  /** Resolves when there is room for more. */
  put(item: T): Promise<void> | void {
    this.#waiting.push(item);
    this.#size += this.#sizeOf(item);
    this.#came.resolve();
    if (this.#size >= this.#most) return this.#taken.promise;
  }

  /** Nothing more is put in; an error reaches the reader after everything that came before. */
  end(failure: { readonly error?: unknown } = {}): void {
    this.#over = failure;
    this.#came.resolve();
  }

  /** Everything in order. A batch is what came while the reader was busy with the one before. */
  async *batches(): AsyncGenerator<readonly T[]> {
    try {
      while (true) {
        await this.#came.promise;
        // One turn of the loop: what the source has at hand comes along, however few lines it gives at a time.
        if (!this.#over) await setImmediate();
        this.#came = Promise.withResolvers();
        const batch = this.#waiting;
        [this.#waiting, this.#size] = [[], 0];
        this.#taken.resolve();
        this.#taken = Promise.withResolvers();
        if (batch.length) yield batch;
        if (this.#over && !this.#waiting.length) break;
        if (this.#over || this.#waiting.length) this.#came.resolve();
      }
    } finally {
      this.#taken.resolve();
    }
    if ('error' in this.#over) throw this.#over.error;
  }
}
