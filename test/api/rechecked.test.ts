import { expect, test, vi } from 'vitest';
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

test('a look that fails ends nothing', async () => {
  vi.useFakeTimers();
  const left = new AbortController();
  const messages = (signal: AbortSignal) => endless(signal);
  const stream = rechecked({ messages }, () => Promise.reject(new Error('the table is away')));
  const read: string[] = [];
  const reading = (async () => {
    for await (const lines of stream.messages(left.signal)) read.push(...lines);
  })();
  await vi.advanceTimersByTimeAsync(60_000);
  left.abort();
  await reading;
  vi.useRealTimers();
  expect(read).toEqual(['line']);
});
