import { describe, expect, test } from 'vitest';
import { contractConfig, contractPipeline } from '../../lib/pipeline/contract.ts';
import { writeProblem } from '../../lib/pipeline/problem.ts';
import { checkPipeline, parsePipeline } from '../../lib/pipeline/schema.ts';
import { pipeline } from '../../lib/sdk/index.ts';

const tasks = [{ id: 'report', image: 'busybox' }];
const written = (schedule: unknown) => ({ id: 'nightly', tasks, schedule });
const problems = (schedule: unknown) => {
  const parsed = parsePipeline(written(schedule));
  return 'problems' in parsed ? parsed.problems.map(writeProblem) : [];
};

describe('the field schedule', () => {
  test.each([
    ['0 3 * * *', ['0 3 * * *']],
    ['  0  3 * *   MON-fri ', ['0 3 * * MON-fri']],
    ['@daily', ['0 0 * * *']],
    [
      ['0 6 * * *', '@weekly', '0 0 * * 0'],
      ['0 6 * * *', '0 0 * * 0'],
    ],
    [null, undefined],
    [undefined, undefined],
  ])('%j becomes %j', (schedule, expected) => {
    expect(checkPipeline(written(schedule)).schedule).toEqual(expected);
  });

  test.each([
    ['', 'schedule is "": it is empty; allowed: 5 (minute, hour, day of the month, month, day of the week)'],
    [
      '0 0 3 * * *',
      'schedule is "0 0 3 * * *": it has 6 fields; allowed: 5 (minute, hour, day of the month, month, day of the week): seconds are not supported, a minute is the finest; without the seconds it is "0 3 * * *"',
    ],
    ['60 * * * *', 'schedule is "60 * * * *": minute 60 is out of range; allowed: 0 to 59'],
    ['*/60 * * * *', 'schedule is "*/60 * * * *": minute "*/60" has the step "60"; allowed: 1 to 59'],
    ['5/15 * * * *', 'schedule is "5/15 * * * *": minute "5/15" has a step without a range; write "5-59/15"'],
    ['0 0 30 2 *', 'schedule is "0 0 30 2 *": it never comes: no month that it names has a day 30'],
    ['0 0 31 4,6,9,11 *', 'schedule is "0 0 31 4,6,9,11 *": it never comes: no month that it names has a day 31'],
    [[], 'schedule is empty; at least one is needed'],
    [5, 'schedule is the number 5; allowed: a cron expression such as "0 3 * * MON-FRI", or a list of 1 to 10 of them'],
    [
      Array.from({ length: 11 }, (_, i) => `${i} 0 * * *`),
      'schedule has 11 entries; allowed: a cron expression such as "0 3 * * MON-FRI", or a list of 1 to 10 of them',
    ],
  ])('%j is refused', (schedule, problem) => {
    expect(problems(schedule)).toEqual([problem]);
  });

  test.each([
    ['0 0 * * MONDAY', 'did you mean "MON"?'],
    ['@dayly', 'did you mean "@daily"?'],
    ['0 0 * * ?', 'write *'],
    ['0 0 */2 * MON', 'write a range with the step, such as "1-31/2": then a day counts when either field names it'],
  ])('%j is refused with a suggestion', (schedule, suggestion) => {
    expect(parsePipeline(written(schedule))).toEqual({
      problems: [expect.objectContaining({ path: 'schedule', suggestion })],
    });
  });

  test.each([
    '@reboot',
    'cron(0 3 * * ? *)',
    'rate(5 minutes)',
    '0 0 L * *',
    '0 0 * * 1#2',
    '0 0 15W * *',
    '1,,2 * * * *',
    '-1 * * * *',
    '1-2-3 * * * *',
    '0 0 0 * *',
    '0 0 * * 8',
    '0 0 * 13 *',
    '1.5 * * * *',
  ])('%j is refused', (schedule) => {
    expect(problems(schedule)).toHaveLength(1);
  });

  test('tells every problem of every expression with its place', () => {
    const found = parsePipeline(written(['0 3 * * *', '60 24 * * *', '0 0 0 * *']));
    expect(found).toEqual({
      problems: [
        { path: 'schedule[1]', message: expect.stringContaining('minute 60') },
        { path: 'schedule[1]', message: expect.stringContaining('hour 24') },
        { path: 'schedule[2]', message: expect.stringContaining('day of the month 0') },
      ],
    });
  });

  test('a day may be named by either day field', () => {
    expect(problems('0 0 30 2 MON')).toEqual([]);
  });
});

test('the SDK writes what reading it again gives, and the API shows it', () => {
  const made = pipeline({ id: 'nightly', schedule: ['@daily', '0 6 * * 1'], tasks });
  expect(made.schedule).toEqual(['0 0 * * *', '0 6 * * 1']);
  const config = checkPipeline(made);
  expect(contractPipeline(config)).toEqual(made);
  const version = { namespace: 'default', version: 1, state: 'live', registered: 1, deprecated: 0 } as const;
  expect(contractConfig(config, version)).toMatchObject({ schedule: ['0 0 * * *', '0 6 * * 1'] });
  expect(contractConfig(checkPipeline(written(null)), version)).not.toHaveProperty('schedule');
});
