/** When a schedule comes. */
import { Cron } from 'croner';
import { readCron } from './cron.ts';

/** The first time after `after` at which one of the expressions comes. Epoch milliseconds. */
export function nextTime(schedule: readonly string[], after: number): number | undefined {
  const times = schedule.flatMap((text) => timesOf(text).nextRun(new Date(after))?.getTime() ?? []);
  return times.length ? Math.min(...times) : undefined;
}

/** Whether the expression names the minute in which `time` lies. */
export const comesAt = (text: string, time: number): boolean => timesOf(text).match(new Date(minuteOf(time)));

/** The beginning of the minute. */
export const minuteOf = (time: number): number => Math.floor(time / 60_000) * 60_000;

/** In numbers alone: then whatever `readCron` reads, ranges over the end too, means the same to croner. */
function timesOf(text: string): Cron {
  const { minutes, hours, days, months, weekdays } = readCron(text);
  const numbers = [minutes, hours, days, months, weekdays].map((field) => (field === '*' ? field : field.join(',')));
  return new Cron(numbers.join(' '), { timezone: 'UTC', mode: '5-part' });
}
