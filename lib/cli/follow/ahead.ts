/** Begins to read many sources few at a time: opening hundreds of logs at once would take every function of an account. */

export type AheadOptions = {
  /** Sources that are begun at once. */
  readonly atOnce: number;
  /** So many items of each are read ahead. A source with no more has ended by then; others stay open until they are read. */
  readonly items: number;
};

type Begun<T> = { readonly first: readonly T[]; readonly rest: AsyncIterator<T, void> };

/** The same sources, all begun without being asked. */
export function ahead<T>(sources: readonly AsyncIterable<T, void>[], options: AheadOptions): AsyncGenerator<T>[] {
  const begun = sources.map((source) => ({ source, ...Promise.withResolvers<Begun<T>>() }));
  const queue = begun.values();
  const work = async () => {
    for (const { source, promise, resolve } of queue) {
      resolve(begin(source, options.items));
      // The reader is told of a failure, when it comes to this source.
      await promise.catch(() => {});
    }
  };
  for (let i = 0; i < options.atOnce; i++) void work();
  return begun.map(({ promise }) => whole(promise));
}

async function begin<T>(source: AsyncIterable<T, void>, items: number): Promise<Begun<T>> {
  const rest = source[Symbol.asyncIterator]();
  const first: T[] = [];
  while (first.length < items) {
    const item = await rest.next();
    if (item.done) break;
    first.push(item.value);
  }
  return { first, rest };
}

async function* whole<T>(begun: Promise<Begun<T>>): AsyncGenerator<T> {
  const { first, rest } = await begun;
  yield* first;
  for (let item = await rest.next(); !item.done; item = await rest.next()) yield item.value;
}
