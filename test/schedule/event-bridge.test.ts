import { Cron } from 'croner';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCron } from '../../lib/schedule/cron.ts';
import { eventBridgeCron } from '../../lib/schedule/event-bridge.ts';
import { cronText } from './arbitrary.ts';
import { awsComesAt } from './aws-times.ts';

test.each([
  ['0 3 * * MON-FRI', ['cron(0 3 ? * 2-6 *)']],
  ['* * * * *', ['cron(* * * * ? *)']],
  ['@daily', ['cron(0 0 * * ? *)']],
  ['*/15 8-17 * * *', ['cron(0,15,30,45 8-17 * * ? *)']],
  ['30 6 1 JAN,jul *', ['cron(30 6 1 1,7 ? *)']],
  ['0 0 * * 0', ['cron(0 0 ? * 1 *)']],
  ['0 0 * * 7', ['cron(0 0 ? * 1 *)']],
  ['0 0 * * 5-7', ['cron(0 0 ? * 1,6-7 *)']],
  ['0 0 * * FRI-MON', ['cron(0 0 ? * 1-2,6-7 *)']],
  ['0 22-2/2 * * *', ['cron(0 0,2,22 * * ? *)']],
  ['0 0 1,15 * MON', ['cron(0 0 1,15 * ? *)', 'cron(0 0 ? * 2 *)']],
  ['0 0 1-31 * MON', ['cron(0 0 * * ? *)']],
])('%s is %j', (cron, expected) => {
  expect(eventBridgeCron(cron)).toEqual(expected);
});

const minute = 60_000;
const day = 24 * 60 * minute;

test('EventBridge comes at the same minutes as cron, and no others', () => {
  fc.assert(
    fc.property(cronText, fc.integer({ min: 0, max: 900 }), (text, later) => {
      fc.pre('cron' in parseCron(text));
      const start = Date.UTC(2026, 0, 1) + later * day;
      const end = start + 40 * day;
      const expected = new Set<number>();
      for (const time of new Cron(text, { timezone: 'UTC' }).enumerate(new Date(start - 1))) {
        // One that comes each minute has said enough after some hundred.
        if (time.getTime() >= end || expected.size === 300) break;
        expected.add(time.getTime());
      }
      const until = expected.size === 300 ? Math.max(...expected) + minute : end;
      const came = new Set(eventBridgeCron(text).flatMap((expression) => awsTimes(expression, start, until)));
      expect([...came].sort((a, b) => a - b)).toEqual([...expected]);
    }),
    { numRuns: 120 },
  );
});

test('each expression is in the form that EventBridge takes', () => {
  const number = String.raw`(\*|\d+(-\d+)?(,\d+(-\d+)?)*)`;
  const form = new RegExp(String.raw`^cron\(${number} ${number} (\? ${number} ${number}|${number} ${number} \?) \*\)$`);
  fc.assert(
    fc.property(cronText, (text) => {
      fc.pre('cron' in parseCron(text));
      for (const expression of eventBridgeCron(text)) {
        expect(expression).toMatch(form);
        expect(expression.length).toBeLessThanOrEqual(256);
      }
    }),
  );
});

function awsTimes(expression: string, start: number, end: number): number[] {
  const times: number[] = [];
  for (let time = start; time < end; time += minute) if (awsComesAt(expression, time)) times.push(time);
  return times;
}
