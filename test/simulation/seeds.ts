/** Simulates `count` seeds, some at a time, until one fails. */
import { simulate, type Without } from './simulate.ts';

/** Simulations that share the event loop's turns. */
const beside = 32;

/** The first seed found that breaks an invariant, with what it broke. */
export async function firstFailure(
  first: number,
  count: number,
  without?: Without,
): Promise<{ seed: number; violation: string } | undefined> {
  let next = first;
  let found: { seed: number; violation: string } | undefined;
  const worker = async () => {
    while (next < first + count && !found) {
      const seed = next++;
      const { violations } = await simulate(seed, without && { without });
      if (violations[0] !== undefined) found ??= { seed, violation: violations[0] };
    }
  };
  await Promise.all(Array.from({ length: beside }, worker));
  return found;
}
