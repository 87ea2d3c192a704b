import { describe, expect, test, vi } from 'vitest';
import { rechecked } from '../../lambdas/api/rechecked.ts';
import { sse } from '../../lib/api/stream/sse.ts';

/** Goes on until nobody listens any more. */
async function* endless(signal: AbortSignal): AsyncGenerator<readonly string[]> {
  while (!signal.aborted) {
    yield ['line'];
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }
}

test('a stream ends when its reader may read it no longer, and without the word that it is over', async () => {
  vi.useFakeTimers();
  const answers = [true, true, false];
  const looks: boolean[] = [];
  const look = async () => {
    const may = answers.shift() ?? false;
    looks.push(may);
    return may;
  };
  const bytes = (signal: AbortSignal) =>
    sse(
      (async function* () {
        for await (const lines of endless(signal)) yield lines.map((data, i) => ({ id: String(i), data }));
      })(),
      signal,
    );
  const stream = rechecked({ contentType: 'text/event-stream', bytes }, look);
  const read: string[] = [];
  const reading = (async () => {
    for await (const chunk of stream.bytes(new AbortController().signal)) read.push(Buffer.from(chunk).toString());
  })();
  for (let looked = 0; looked < 3; looked++) await vi.advanceTimersByTimeAsync(14_000);
  await reading;
  vi.useRealTimers();
  expect(looks).toEqual([true, true, false]);
  expect(read.join('')).toContain('data: line');
  expect(read.join('')).not.toContain('event: end');
});

describe('a look that fails', () => {
  /** Milliseconds after which the stream ended; `undefined`: it went on for all of `length`. */
  async function endOf(length: number, look: (at: number) => Promise<boolean>): Promise<number | undefined> {
    vi.useFakeTimers();
    const begun = Date.now();
    const left = new AbortController();
    const stream = rechecked({ messages: endless }, () => look(Date.now() - begun));
    let ended: number | undefined;
    const reading = (async () => {
      for await (const _ of stream.messages(left.signal));
      ended = Date.now() - begun;
    })();
    await vi.advanceTimersByTimeAsync(length);
    const seen = ended;
    left.abort();
    await reading;
    vi.useRealTimers();
    return seen;
  }
  const away = () => Promise.reject(new Error('the table is away'));

  test('ends nothing, and is followed by another soon', async () => {
    const looks: number[] = [];
    const look = async (at: number) => (looks.push(at) === 2 ? away() : true);
    expect(await endOf(60_000, look)).toBeUndefined();
    expect(looks).toEqual([14_000, 28_000, 29_000, 43_000, 57_000]);
  });

  test('ends the stream when it is unknown for 30 seconds whether its reader may go on', async () => {
    expect(await endOf(120_000, (at) => (at < 28_000 ? Promise.resolve(true) : away()))).toBe(44_000);
    // One that hangs is no better.
    expect(await endOf(120_000, (at) => (at < 28_000 ? Promise.resolve(true) : new Promise(() => {})))).toBe(44_000);
    expect(await endOf(120_000, away)).toBe(16_000);
  });
});
