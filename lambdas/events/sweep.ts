/** Target of the sweep's schedule. */
import { sweepRetirements } from '../../lib/deployment/retire.ts';
import { sweepDeployments } from '../../lib/deployment/sweep.ts';
import type { Home } from '../../lib/home.ts';
import { sweepRuns } from '../../lib/run/sweep.ts';
import { sweepSchedules } from '../../lib/schedule/keep.ts';

/** Returns what it did; fails after all is swept if anything went wrong, so that it is seen. */
export const createSweepHandler = (home: Home) => async () => {
  await sweepDeployments(home);
  const schedules = await sweepSchedules(home);
  const swept = await sweepRuns(home);
  const retired = await sweepRetirements(home);
  const errors = [
    ...swept.errors.map(({ run, error }) => ({ what: run, error })),
    ...schedules.errors.map(({ pipeline, error }) => ({ what: `schedule of ${pipeline}`, error })),
    ...retired.errors.map(({ pipeline, error }) => ({ what: `machines of ${pipeline}`, error })),
  ];
  if (errors.length) {
    throw new AggregateError(
      errors.map(({ error }) => error),
      `sweep: ${errors.map(({ what }) => what).join(', ')}`,
    );
  }
  return { runs: swept.runs, pending: swept.pending, removed: retired.removed };
};
