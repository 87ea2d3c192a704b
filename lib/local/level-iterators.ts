/**
 * LevelDB's iterators end when dynalite has read what it wanted: it calls `return` for that, and they know only `close`.
 * One that stays open holds its memory, and all that is overwritten in the table since, until the server stops.
 */
import { ClassicLevel } from 'classic-level';

type Iterator = { close(): Promise<void>; return?: () => Promise<void> };
type Iterate = (options?: unknown) => Iterator;
type Level = { keys: Iterate; values: Iterate };

export function closeIterators(): void {
  const level = ClassicLevel.prototype as unknown as Level;
  for (const name of ['keys', 'values'] as const) {
    const open = level[name];
    level[name] = function (options) {
      const iterator = open.call(this, options);
      iterator.return = () => iterator.close();
      return iterator;
    };
  }
}
