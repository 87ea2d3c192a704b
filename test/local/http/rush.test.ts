import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Rush } from '../../../lib/local/http/rush.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Begins a request; what it returns ends it. */
function begin(rush: Rush): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const answered = rush.during(() => promise);
  return () => {
    resolve();
    return answered;
  };
}

/** Whether the end of the rush has come, told whenever it is asked. */
function watched(rush: Rush): () => boolean {
  let over = false;
  void rush.over().then(() => {
    over = true;
  });
  return () => over;
}

test('a few requests are no rush', async () => {
  const rush = new Rush();
  for (let i = 0; i < 3; i++) begin(rush);
  const over = watched(rush);
  await vi.advanceTimersByTimeAsync(0);
  expect(over()).toBe(true);
});

test('a rush ends when few requests have been left for a while', async () => {
  const rush = new Rush();
  const ends = [1, 2, 3, 4].map(() => begin(rush));
  const over = watched(rush);
  await ends[0]?.();
  await vi.advanceTimersByTimeAsync(20);
  const another = begin(rush);
  await another();
  await vi.advanceTimersByTimeAsync(20);
  expect(over()).toBe(false);
  await vi.advanceTimersByTimeAsync(5);
  expect(over()).toBe(true);
});

test('what gives way to a rush does so for half a second at most', async () => {
  const rush = new Rush();
  for (let i = 0; i < 20; i++) begin(rush);
  const over = watched(rush);
  await vi.advanceTimersByTimeAsync(499);
  expect(over()).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(over()).toBe(true);
});

test('an answer that fails ends its request too', async () => {
  const rush = new Rush();
  const failing = [1, 2, 3, 4].map(() => rush.during(() => Promise.reject(new Error('no'))).catch(() => undefined));
  await Promise.all(failing);
  const over = watched(rush);
  await vi.advanceTimersByTimeAsync(25);
  expect(over()).toBe(true);
});
