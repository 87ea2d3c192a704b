/** Cron expressions as people may write them. */
import fc from 'fast-check';

const field = (least: number, most: number) => {
  const number = fc.integer({ min: least, max: most });
  const range = fc.tuple(number, number).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const step = fc.integer({ min: 1, max: most - least });
  const part = fc.oneof(
    number.map(String),
    range,
    fc.tuple(range, step).map(([each, by]) => `${each}/${by}`),
  );
  return fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(','));
};

const withStar = (inner: fc.Arbitrary<string>, most: number) =>
  fc.oneof(
    fc.constant('*'),
    inner,
    fc.integer({ min: 1, max: most }).map((step) => `*/${step}`),
  );
const day = field(1, 31);
const weekday = field(0, 7);
/** A step from `*` in one day field goes with `*` in the other alone. */
const days = fc.oneof(
  fc.tuple(withStar(day, 30), fc.constant('*')),
  fc.tuple(fc.constant('*'), withStar(weekday, 6)),
  fc.tuple(day, weekday),
);

export const cronText = fc
  .tuple(withStar(field(0, 59), 59), withStar(field(0, 23), 23), days, withStar(field(1, 12), 11))
  .map(([minute, hour, [dayOfMonth, dayOfWeek], month]) => [minute, hour, dayOfMonth, month, dayOfWeek].join(' '));
