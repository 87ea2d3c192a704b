/** A stream that ends when its reader may read it no longer: a token holds for a request, and a stream is a long one. */
import type { Stream } from '../../lib/api/stream/answer.ts';

/** Milliseconds between two looks. A stream may begin with a caller that was remembered: both together are less than 30 s. */
const lookEvery = 14_000;

/** True while the reader may go on. */
export type StillMay = () => Promise<boolean>;

export function rechecked<Kind extends Stream>(stream: Kind, stillMay: StillMay, every?: number): Kind;
export function rechecked(stream: Stream, stillMay: StillMay, every = lookEvery): Stream {
  if ('bytes' in stream) return { ...stream, bytes: (signal) => watched(stream.bytes, signal, stillMay, every) };
  if ('messages' in stream)
    return { ...stream, messages: (signal) => watched(stream.messages, signal, stillMay, every) };
  return {
    dialog: (input, signal) => watched((until) => stream.dialog(input, until), signal, stillMay, every),
  };
}

async function* watched<T>(
  read: (signal: AbortSignal) => AsyncIterable<T>,
  signal: AbortSignal,
  stillMay: StillMay,
  every: number,
): AsyncGenerator<T> {
  const refused = new AbortController();
  // A look that fails is no answer; the next one may be.
  const look = () =>
    stillMay().then(
      (may) => may || refused.abort(),
      () => undefined,
    );
  const timer = setInterval(look, every);
  try {
    yield* read(AbortSignal.any([signal, refused.signal]));
  } finally {
    clearInterval(timer);
  }
}
