import { describe, expect, test } from 'vitest';
import { rules } from './rules.ts';
import { firstFailure } from './seeds.ts';

/** GOFER_SEEDS asks for more than the usual 5,000. */
const seeds = Number(process.env['GOFER_SEEDS'] ?? 5000);
const parts = 10;

describe('every run comes right, whatever fails and in whichever order', () => {
  test.each([...Array(parts).keys()])(
    `part %i of ${parts} of ${seeds} seeds`,
    async (part) => {
      const count = Math.ceil(seeds / parts);
      const failure = await firstFailure(1 + part * count, count);
      expect(failure, `replay with: node test/simulation/replay.ts ${failure?.seed}`).toBeUndefined();
    },
    600_000,
  );
});

describe('the simulation notices when a rule is missing', () => {
  test.each(Object.entries(rules))(
    '%s',
    async (_, without) => {
      expect(await firstFailure(1, 3000, without)).toBeDefined();
    },
    600_000,
  );
});
