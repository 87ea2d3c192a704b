import { schedules, secrets } from '../../lib/aws/parts.ts';
import { createSweepHandler } from '../events/sweep.ts';
import { logger, measure, onAws } from '../on-aws.ts';

export const handler = onAws(
  (home) => {
    const sweep = createSweepHandler(home);
    return async (event: unknown, context) => {
      const { runs, pending } = await sweep(event, context);
      measure('RunsSwept', runs);
      logger.info('swept', { runs, pending });
    };
  },
  { schedules, secrets },
);
