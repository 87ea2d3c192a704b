/** Takes what a source has to give into batches, so that a reader pays per batch and not per line. */
import { setImmediate } from 'node:timers/promises';

export type BatchOptions<T> = {
  readonly sizeOf: (item: T) => number;
  /** The source is not read further while this much waits for the reader: a stalled reader costs no more than this. */
  readonly most?: number;
};

const defaultMost = 128 * 1024;

/** Everything in order. A batch is what came while the reader was busy with the one before. */
export async function* batched<T>(source: AsyncIterable<T>, options: BatchOptions<T>): AsyncGenerator<readonly T[]> {
  const { sizeOf, most = defaultMost } = options;
  let waiting: T[] = [];
  let size = 0;
  let over = false;
  let failure: { readonly error: unknown } | undefined;
  let came = Promise.withResolvers<void>();
  let taken = Promise.withResolvers<void>();
  let left = false;

  const fill = async () => {
    for await (const item of source) {
      if (left) return;
      waiting.push(item);
      size += sizeOf(item);
      came.resolve();
      if (size >= most) await taken.promise;
    }
  };
  const filling = fill()
    .catch((error: unknown) => {
      failure = { error };
    })
    .finally(() => {
      over = true;
      came.resolve();
    });

  try {
    while (true) {
      await came.promise;
      // One turn of the loop: what the source has at hand comes along, however few lines it gives at a time.
      if (!over) await setImmediate();
      came = Promise.withResolvers();
      const batch = waiting;
      [waiting, size] = [[], 0];
      taken.resolve();
      taken = Promise.withResolvers();
      if (batch.length) yield batch;
      if (over && !waiting.length) break;
      if (over || waiting.length) came.resolve();
    }
  } finally {
    left = true;
    taken.resolve();
  }
  await filling;
  if (failure) throw failure.error;
}
