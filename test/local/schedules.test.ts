import { describe, expect, test } from 'vitest';
import { createLocalSchedules, type ScheduleEvent } from '../../lib/local/schedules.ts';
import { describeSchedules } from '../ports/schedules.contract.ts';

describeSchedules(async () => {
  const sent: ScheduleEvent[] = [];
  const schedules = createLocalSchedules(Date.UTC(2026, 10, 1), async (event) => void sent.push(event));
  return {
    schedules,
    sentAt: async (minute) => {
      const before = sent.length;
      await schedules.tick(Date.parse(minute));
      return sent.slice(before);
    },
  };
});

describe('the clock of one machine', () => {
  const noon = Date.UTC(2026, 10, 5, 12);
  const minutes = (n: number) => noon + n * 60_000;

  async function everyMinute(start: number) {
    const times: string[] = [];
    const schedules = createLocalSchedules(start, async ({ time }) => void times.push(time.slice(11, 16)));
    await schedules.set('u1', [{ v: 1, namespace: 'default', pipeline: 'often', cron: '* * * * *' }]);
    return { schedules, times };
  }

  test('tells each minute once, whenever in it it looks', async () => {
    const { schedules, times } = await everyMinute(noon);
    for (const second of [60, 61, 119, 120, 185]) await schedules.tick(noon + second * 1000);
    expect(times).toEqual(['12:01', '12:02', '12:03']);
  });

  test('the minute in which it starts is over', async () => {
    const { schedules, times } = await everyMinute(noon + 10_000);
    await schedules.tick(noon + 20_000);
    expect(times).toEqual([]);
  });

  test('makes up for minutes that the process was too busy for', async () => {
    const { schedules, times } = await everyMinute(noon);
    await schedules.tick(minutes(1));
    await schedules.tick(minutes(4));
    expect(times).toEqual(['12:01', '12:02', '12:03', '12:04']);
  });

  test('what it slept through is over', async () => {
    const { schedules, times } = await everyMinute(noon);
    await schedules.tick(minutes(1));
    await schedules.tick(minutes(120));
    expect(times).toEqual(['12:01', '14:00']);
  });

  test('goes on after the clock was set back', async () => {
    const { schedules, times } = await everyMinute(minutes(60));
    await schedules.tick(minutes(1));
    await schedules.tick(minutes(2));
    expect(times).toEqual(['12:02']);
  });
});
