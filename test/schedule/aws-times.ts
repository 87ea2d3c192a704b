/**
 * A `cron(…)` of EventBridge by its documentation alone: six fields, of the two day fields one is `?`, days of the week are
 * 1 to 7 from Sunday. https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function awsComesAt(expression: string, time: number): boolean {
  const [minutes = '', hours = '', date = '', months = '', weekday = ''] = expression.slice(5, -1).split(' ');
  const at = new Date(time);
  const onDay = weekday === '?' ? has(date, at.getUTCDate()) : has(weekday, at.getUTCDay() + 1);
  return onDay && has(months, at.getUTCMonth() + 1) && has(hours, at.getUTCHours()) && has(minutes, at.getUTCMinutes());
}

const has = (field: string, value: number) =>
  field === '*' ||
  field.split(',').some((part) => {
    const [from, to = from] = part.split('-').map(Number);
    return from !== undefined && to !== undefined && value >= from && value <= to;
  });
