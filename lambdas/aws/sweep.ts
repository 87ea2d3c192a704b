import { schedules } from '../../lib/aws/parts.ts';
import { createSweepHandler } from '../events/sweep.ts';
import { logger, measure, onAws } from '../on-aws.ts';

export const handler = await onAws(
  (home) => {
    const sweep = createSweepHandler(home);
    return async () => {
      const { runs, pending } = await sweep();
      measure('RunsSwept', runs);
      logger.info('swept', { runs, pending });
    };
  },
  { schedules },
);
