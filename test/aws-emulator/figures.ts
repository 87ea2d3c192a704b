/** What a run may take of AWS at the most, as the page on costs has it. */
import { beforeAll, expect, test } from 'vitest';
import { chain, diamond } from '../machine/pipelines.ts';
import type { AwsInstallation } from './installation.ts';
import { meteredRun } from './metered-run.ts';

const timeout = 180_000;

/** Of each task, and of the run beside its tasks. */
const most = { invocations: [3, 3], writes: [9, 14] } as const;

export function figures(installation: () => AwsInstallation): void {
  // The first run of an installation makes what the others find.
  beforeAll(async () => void (await meteredRun(installation(), chain(2))), timeout);

  test.each([
    ['a chain of 10', chain(10), 21],
    ['a diamond of 10', diamond(10), 22],
  ])(
    '%s enters no more states, calls no more functions and writes no more than is told',
    { timeout },
    async (_, config, states) => {
      const { transitions, invocations, writes } = await meteredRun(installation(), config);
      const atMost = ([task, run]: readonly [number, number]) => config.tasks.length * task + run;
      expect(transitions).toBeLessThanOrEqual(states);
      expect(invocations).toBeLessThanOrEqual(atMost(most.invocations));
      expect(writes).toBeLessThanOrEqual(atMost(most.writes));
      expect(Math.min(transitions, invocations, writes)).toBeGreaterThan(config.tasks.length);
    },
  );
}
