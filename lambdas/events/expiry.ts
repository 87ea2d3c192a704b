/** Target of the schedule of expiry: what has had its time goes. */
import { sweepTokens } from '../../lib/access/expiry.ts';
import type { Home } from '../../lib/home.ts';
import { sweepObjects } from '../../lib/object/sweep.ts';

/** Fails after all was tried if anything went wrong, so that it is seen; the next time tries that again. */
export const createExpiryHandler = (home: Home) => async (): Promise<void> => {
  const objects = await sweepObjects(home);
  const tokens = await sweepTokens(home);
  const errors = [...objects.errors, ...tokens.errors];
  if (!errors.length) return;
  const causes = errors.map(({ error }) => error);
  throw new AggregateError(causes, `expiry: ${errors.map(({ what }) => what).join(', ')}`);
};
