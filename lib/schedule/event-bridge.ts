/** Cron expressions as EventBridge takes them: it has a field more, other numbers, and no "either" of two day fields. */
import { type Cron, readCron } from './cron.ts';

/**
 * The same times as `cron(…)` of EventBridge rules and schedules, in UTC.
 *
 * In cron, a day counts when it matches the day of the month *or* the day of the week; EventBridge takes one of the two
 * and `?` for the other. So an expression with both becomes two, which may come at the same minute: starting twice for
 * one minute is starting once.
 *
 * @example eventBridgeCron('0 3 * * MON-FRI') // ['cron(0 3 ? * 2-6 *)']
 */
export function eventBridgeCron(text: string): string[] {
  const cron = readCron(text);
  const { minutes, hours, months } = cron;
  return daysOf(cron).map(
    ([day, weekday]) => `cron(${write(minutes, 60)} ${write(hours, 24)} ${day} ${write(months, 12)} ${weekday} *)`,
  );
}

/** Pairs of day of the month and day of the week, one of them always `?`. */
function daysOf({ days, weekdays }: Cron): [day: string, weekday: string][] {
  const day = days === '*' ? undefined : write(days, 31);
  // EventBridge counts from 1, Sunday.
  const weekday =
    weekdays === '*'
      ? undefined
      : write(
          weekdays.map((n) => n + 1),
          7,
        );
  if (day === '*' || weekday === '*' || (day === undefined && weekday === undefined)) return [['*', '?']];
  const pairs: [string, string][] = [];
  if (day !== undefined) pairs.push([day, '?']);
  if (weekday !== undefined) pairs.push(['?', weekday]);
  return pairs;
}

/** Sorted numbers, those that follow each other as ranges; all that the field has as `*`. */
function write(numbers: readonly number[], size: number): string {
  if (numbers.length === size) return '*';
  const ranges: [first: number, last: number][] = [];
  for (const number of numbers) {
    const range = ranges.at(-1);
    if (range?.[1] === number - 1) range[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}
