import { createScheduleHandler } from '../events/schedule.ts';
import { logger, onAws } from '../on-aws.ts';

export const handler = onAws((home) => createScheduleHandler(home, (line) => logger.warn(line)));
