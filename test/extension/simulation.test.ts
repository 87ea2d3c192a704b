import { expect, test } from 'vitest';
import { seeds } from '../memory-home.ts';
import { simulate } from './simulation/simulate.ts';

/** GOFER_SEEDS asks for more. */
const count = Number(process.env['GOFER_SEEDS'] ?? 60);

test('extensions on AWS come right, whoever changes them at once, dies in between, or is never told', {
  timeout: 600_000,
}, async () => {
  for (const seed of seeds(count)) {
    const { violations } = await simulate(seed);
    expect(violations, `replay with: node test/extension/simulation/replay.ts ${seed}`).toEqual([]);
  }
});
