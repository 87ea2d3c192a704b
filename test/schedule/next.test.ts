import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCron } from '../../lib/schedule/cron.ts';
import { comesAt, nextTime } from '../../lib/schedule/next.ts';
import { cronText } from './arbitrary.ts';

const thursday = Date.UTC(2026, 10, 5, 3, 0);

test.each([
  ['0 3 * * *', '2026-11-06T03:00:00.000Z'],
  ['1 3 * * *', '2026-11-05T03:01:00.000Z'],
  ['0 3 * * MON-FRI', '2026-11-06T03:00:00.000Z'],
  ['0 0 * * SAT-SUN', '2026-11-07T00:00:00.000Z'],
  ['0 22-1 * * *', '2026-11-05T22:00:00.000Z'],
  ['0 0 29 2 *', '2028-02-29T00:00:00.000Z'],
  ['0 0 13 * FRI', '2026-11-06T00:00:00.000Z'],
])('after Thursday 03:00, %s comes next at %s', (cron, expected) => {
  expect(new Date(nextTime([cron], thursday) ?? 0).toISOString()).toBe(expected);
});

test('a list comes when the first of its expressions does', () => {
  expect(nextTime(['0 5 * * *', '0 4 * * *'], thursday)).toBe(Date.UTC(2026, 10, 5, 4, 0));
  expect(nextTime([], thursday)).toBeUndefined();
});

test('a minute belongs to an expression from its first to its last moment', () => {
  expect(comesAt('0 3 * * *', thursday)).toBe(true);
  expect(comesAt('0 3 * * *', thursday + 59_999)).toBe(true);
  expect(comesAt('0 3 * * *', thursday + 60_000)).toBe(false);
  expect(comesAt('0 3 * * *', thursday - 1)).toBe(false);
});

test('what is accepted comes at some time, and then is there', () => {
  fc.assert(
    fc.property(cronText, (text) => {
      fc.pre('cron' in parseCron(text));
      const next = nextTime([text], thursday);
      expect(next).toBeGreaterThan(thursday);
      expect(comesAt(text, next ?? 0)).toBe(true);
    }),
  );
});
