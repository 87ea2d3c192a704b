/** Several streams, each in the order of time, as one in the order of time. */

/** Streams are read side by side, one item ahead; among equal times the earlier stream comes first. */
export async function* merge<T extends { readonly time: number }>(
  sources: readonly AsyncIterable<T>[],
): AsyncGenerator<T> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const heads = await Promise.all(iterators.map((iterator) => iterator.next()));
  for (;;) {
    let first = -1;
    let time = Number.POSITIVE_INFINITY;
    for (const [i, head] of heads.entries()) {
      if (head.done || head.value.time >= time) continue;
      first = i;
      time = head.value.time;
    }
    const head = heads[first];
    const iterator = iterators[first];
    if (!head || head.done || !iterator) return;
    yield head.value;
    heads[first] = await iterator.next();
  }
}
