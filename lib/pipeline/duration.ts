/** Durations as users write them: whole seconds, or a whole number with a unit. */
export type Duration = number | `${number}${'s' | 'm' | 'h' | 'd'}`;

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

export const durationPattern = /^(\d{1,9})([smhd])$/;

/** Seconds of `90`, `"90s"`, `"5m"`, `"2h"` or `"7d"`; `undefined`: not a duration. */
export function secondsOf(duration: number | string): number | undefined {
  if (typeof duration === 'number') return Number.isSafeInteger(duration) && duration >= 0 ? duration : undefined;
  const [, count, unit = ''] = durationPattern.exec(duration) ?? [];
  const seconds = unitSeconds[unit];
  return count && seconds ? Number(count) * seconds : undefined;
}

/** The shortest way to write it: `90s`, `5m`, `2h`. */
export function writeDuration(seconds: number): string {
  const [unit, size] = Object.entries(unitSeconds).findLast(([, each]) => seconds % each === 0 && seconds >= each) ?? [
    's',
    1,
  ];
  return `${seconds / size}${unit}`;
}
