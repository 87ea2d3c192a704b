/** A stream that ends when its reader may read it no longer: a token holds for a request, and a stream is a long one. */
import { remembered } from '../../lib/access/caller.ts';
import type { Stream } from '../../lib/api/stream/answer.ts';

/** Milliseconds after which a token that was switched off reads nothing more, also where nobody can tell that it was. */
const promised = 30_000;

/** Milliseconds between two looks. */
const lookEvery = 14_000;

/** Milliseconds after a look that failed. */
const lookAgain = 1_000;

/** True while the reader may go on. */
export type StillMay = () => Promise<boolean>;

export function rechecked<Kind extends Stream>(stream: Kind, stillMay: StillMay): Kind;
export function rechecked(stream: Stream, stillMay: StillMay): Stream {
  if ('bytes' in stream) return { ...stream, bytes: (signal) => watched(stream.bytes, signal, stillMay) };
  if ('messages' in stream) return { ...stream, messages: (signal) => watched(stream.messages, signal, stillMay) };
  return { dialog: (input, signal) => watched((until) => stream.dialog(input, until), signal, stillMay) };
}

async function* watched<T>(
  read: (signal: AbortSignal) => AsyncIterable<T>,
  signal: AbortSignal,
  stillMay: StillMay,
): AsyncGenerator<T> {
  const refused = new AbortController();
  const look = watch(stillMay, () => refused.abort());
  try {
    yield* read(AbortSignal.any([signal, refused.signal]));
  } finally {
    look.stop();
  }
}

/** Looks again and again, and calls `end` once the reader may not go on, or it wasn't known for too long that it may. */
function watch(stillMay: StillMay, end: () => void) {
  let stopped = false;
  // The caller that the stream began with may have been remembered.
  let deadline = setTimeout(end, promised - remembered);
  let next = setTimeout(look, lookEvery);

  async function look(): Promise<void> {
    const begun = Date.now();
    const may = await stillMay().catch(() => undefined);
    if (stopped) return;
    if (may === false) return end();
    if (may) {
      clearTimeout(deadline);
      deadline = setTimeout(end, promised - (Date.now() - begun));
    }
    // A look that fails is no answer; the next one may be.
    next = setTimeout(look, may ? lookEvery : lookAgain);
  }

  return {
    stop() {
      stopped = true;
      clearTimeout(deadline);
      clearTimeout(next);
    },
  };
}
