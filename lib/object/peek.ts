/** A look at the beginning of a stream: is it all? */

export type Peeked =
  | { readonly whole: Buffer }
  /** All of it, the beginning too. */
  | { readonly stream: AsyncIterable<Uint8Array> };

/** `whole`: there are no more than `most` bytes. */
export async function peek(bytes: AsyncIterable<Uint8Array>, most: number): Promise<Peeked> {
  const rest = bytes[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  for (let size = 0; size <= most; size += read.at(-1)?.length ?? 0) {
    const { done, value } = await rest.next();
    if (done) return { whole: Buffer.concat(read) };
    read.push(value);
  }
  return { stream: joined(read, { [Symbol.asyncIterator]: () => rest }) };
}

async function* joined(read: Uint8Array[], rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (let first = read.shift(); first; first = read.shift()) yield first;
  yield* rest;
}
