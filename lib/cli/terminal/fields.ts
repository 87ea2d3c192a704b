/** One thing's facts, name by name. */
import type { Style } from './style.ts';
import { harmless, pad } from './text.ts';

/** `name   value` lines; a fact without a value is left out. */
export function fieldLines(
  fields: readonly (readonly [string, string | number | undefined])[],
  style: Style,
): string[] {
  const shown = fields.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, value] as const],
  );
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `  ${style.dim(pad(name, width))}  ${harmless(String(value))}`);
}
