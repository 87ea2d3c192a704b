import { expect, test } from 'vitest';
import { seeds } from '../memory-home.ts';
import { simulate } from './simulation/simulate.ts';

/** One takes as long as about eighty of those of runs, of which GOFER_SEEDS asks for more than the usual. */
const count = Math.ceil(Number(process.env['GOFER_SEEDS'] ?? 5000) / 80);

test('extensions on AWS come right, whoever changes them at once, dies in between, or is never told', {
  timeout: 600_000,
}, async () => {
  for (const seed of seeds(count)) {
    const { violations } = await simulate(seed);
    expect(violations, `replay with: node test/extension/simulation/replay.ts ${seed}`).toEqual([]);
  }
});
