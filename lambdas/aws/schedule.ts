import { createAwsHome } from '../../lib/aws/home.ts';
import { createScheduleHandler } from '../events/schedule.ts';

export const handler = createScheduleHandler(createAwsHome(), console.warn);
