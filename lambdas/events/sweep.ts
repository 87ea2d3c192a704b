/** Target of the sweep's schedule. */
import { sweepDeployments } from '../../lib/deployment/sweep.ts';
import type { Home } from '../../lib/home.ts';
import { sweepRuns } from '../../lib/run/sweep.ts';

/** Returns what it did; fails after all is swept if anything went wrong, so that it is seen. */
export const createSweepHandler = (home: Home) => async () => {
  await sweepDeployments(home);
  const swept = await sweepRuns(home);
  if (swept.errors.length) {
    throw new AggregateError(
      swept.errors.map(({ error }) => error),
      `sweep: ${swept.errors.map(({ run }) => run).join(', ')}`,
    );
  }
  return { runs: swept.runs, pending: swept.pending };
};
