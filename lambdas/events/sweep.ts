/** Target of the sweep's schedule. */
import { sweepDeployments } from '../../lib/deployment/sweep.ts';
import type { Home } from '../../lib/home.ts';
import { sweepRuns } from '../../lib/run/sweep.ts';
import { sweepSchedules } from '../../lib/schedule/keep.ts';

/** Returns what it did; fails after all is swept if anything went wrong, so that it is seen. */
export const createSweepHandler = (home: Home) => async () => {
  await sweepDeployments(home);
  const schedules = await sweepSchedules(home);
  const swept = await sweepRuns(home);
  const errors = [...schedules.errors, ...swept.errors];
  if (errors.length) {
    throw new AggregateError(
      errors.map(({ error }) => error),
      `sweep: ${errors.map((each) => ('run' in each ? each.run : `schedule of ${each.pipeline}`)).join(', ')}`,
    );
  }
  return { runs: swept.runs, pending: swept.pending };
};
