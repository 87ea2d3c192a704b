/** Target of the sweep's schedule. */
import { sweepRetirements } from '../../lib/deployment/retire.ts';
import { sweepDeployments } from '../../lib/deployment/sweep.ts';
import type { Home } from '../../lib/home.ts';
import { sweepRuns } from '../../lib/run/sweep.ts';
import { sweepSchedules } from '../../lib/schedule/keep.ts';

/** Milliseconds for what comes after deployments. */
const reserve = 15_000;

type Context = { readonly getRemainingTimeInMillis: () => number };

/**
 * Returns what it did; fails after all is swept if anything went wrong, so that it is seen. With Lambda's `context`,
 * deployments pause in time for the rest.
 */
export const createSweepHandler = (home: Home) => async (_event?: unknown, context?: Context) => {
  const until = context && home.now() + context.getRemainingTimeInMillis() - reserve;
  const errors: { readonly what: string; readonly error: unknown }[] = [];
  const part = async <Swept>(what: string, sweep: (home: Home) => Promise<Swept>): Promise<Swept | undefined> => {
    try {
      return await sweep(home);
    } catch (error) {
      errors.push({ what, error });
      return undefined;
    }
  };
  // Runs first: what is registered and removed afterwards may take until the function's time is up, as AWS lets through
  // one such call a second.
  const swept = await part('runs', sweepRuns);
  const schedules = await part('schedules', sweepSchedules);
  await part('deployments', () => sweepDeployments(home, until));
  const retired = await part('machines', sweepRetirements);
  errors.push(
    ...(swept?.errors ?? []).map(({ run, error }) => ({ what: run, error })),
    ...(schedules?.errors ?? []).map(({ pipeline, error }) => ({ what: `schedule of ${pipeline}`, error })),
    ...(retired?.errors ?? []).map(({ pipeline, error }) => ({ what: `machines of ${pipeline}`, error })),
  );
  if (errors.length) {
    throw new AggregateError(
      errors.map(({ error }) => error),
      `sweep: ${errors.map(({ what }) => what).join(', ')}`,
    );
  }
  return { runs: swept?.runs ?? 0, pending: swept?.pending ?? 0, removed: retired?.removed ?? 0 };
};
