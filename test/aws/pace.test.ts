import { expect, test } from 'vitest';
import { createPace } from '../../lib/aws/pace.ts';

function paced(perSecond: number) {
  const pauses: number[] = [];
  const clock = { now: 1_000_000 };
  const pace = createPace(perSecond, { now: () => clock.now, pause: async (ms) => void pauses.push(ms) });
  return { pace, clock, pauses };
}

test('a second’s calls pass at once, further ones wait in turn', async () => {
  const { pace, pauses } = paced(5);
  for (let call = 0; call < 8; call++) await pace();
  expect(pauses).toEqual([200, 400, 600]);
});

test('calls below the rate never wait, and save up no more than a second', async () => {
  const { pace, clock, pauses } = paced(5);
  for (let call = 0; call < 20; call++) {
    await pace();
    clock.now += 200;
  }
  clock.now += 60_000;
  for (let call = 0; call < 6; call++) await pace();
  expect(pauses).toEqual([200]);
});

test('whoever gives up does not wait', async () => {
  const pace = createPace(1);
  const abort = new AbortController();
  await pace();
  const waiting = pace(abort.signal);
  abort.abort();
  await expect(waiting).resolves.toBeUndefined();
});
