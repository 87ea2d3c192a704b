/** What was made at run time and is not to outlive what it was made for is removed, one thing after the other. */
import type { Leftover } from '../ports/leftovers.ts';

export type Removed = ReadonlyMap<string, number>;

/**
 * How many were removed, by kind. `mayGoOn` is asked before each, and may throw; once it says no, the answer is `undefined`:
 * there is more. To be repeated by whoever comes next, it finds less to do.
 */
export async function removeAll(
  list: () => AsyncIterable<Leftover>,
  mayGoOn: (soFar: Removed) => boolean,
): Promise<Removed | undefined> {
  const removed = new Map<string, number>();
  // A list may pass over something while it is being emptied: the end is one that is empty from the start.
  for (let found = true; found; ) {
    found = false;
    for await (const { kind, count, remove } of list()) {
      if (!mayGoOn(removed)) return undefined;
      await remove();
      removed.set(kind, (removed.get(kind) ?? 0) + count);
      found = true;
    }
  }
  return removed;
}

/** What was removed, in words. */
export const told = (removed: Removed): string =>
  [...removed].map(([kind, count]) => `${count} ${kind}`).join(', ') || 'nothing';
