/** Server-Sent Events: batches of events as the bytes of a `text/event-stream`. */

export type ServerSentEvent = {
  /** What `Last-Event-ID` says when the client comes back. */
  readonly id: string;
  /** One line: JSON. */
  readonly data: string;
};

export const sseContentType = 'text/event-stream';

/** A silent connection would be closed: proxies wait a minute or less. */
const keepAliveAfter = 15_000;
const keepAlive = Buffer.from(': keep-alive\n\n');
const end = Buffer.from('event: end\ndata: {}\n\n');

/** Tells that a stream is cut off only for its length: there is more, for a client that comes back with `Last-Event-ID`. */
export const resume = Buffer.from('event: resume\ndata: {}\n\n');

/**
 * One buffer a batch; a comment when nothing comes for 15 s. `event: end` tells that the source has ended, so that no
 * client comes back for more; a stream that is broken off by `signal` ends without it.
 */
export async function* sse(
  batches: AsyncIterable<readonly ServerSentEvent[]>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const iterator = batches[Symbol.asyncIterator]();
  try {
    let next = iterator.next();
    while (true) {
      const result = await within(keepAliveAfter, next);
      if (result === undefined) {
        yield keepAlive;
        continue;
      }
      if (result.done) break;
      yield Buffer.from(result.value.map(({ id, data }) => `id: ${id}\ndata: ${data}\n\n`).join(''));
      next = iterator.next();
    }
    if (!signal.aborted) yield end;
  } finally {
    await iterator.return?.();
  }
}

/** `undefined`: the promise has not settled after `ms`. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, ms, undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
