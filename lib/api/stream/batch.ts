/** Takes what a source has to give into batches, so that a reader pays per batch and not per line. */
import { Funnel, type FunnelOptions } from './funnel.ts';

/** Everything in order. A batch is what came while the reader was busy with the one before. */
export async function* batched<T>(source: AsyncIterable<T>, options: FunnelOptions<T>): AsyncGenerator<readonly T[]> {
  const funnel = new Funnel(options);
  let left = false;
  const fill = async () => {
    for await (const item of source) {
      if (left) return;
      await funnel.put(item);
    }
  };
  const filling = fill().then(
    () => funnel.end(),
    (error: unknown) => funnel.end({ error }),
  );
  try {
    yield* funnel.batches();
  } finally {
    left = true;
  }
  await filling;
}
