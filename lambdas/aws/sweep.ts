import { createAwsHome } from '../../lib/aws/home.ts';
import { createSweepHandler } from '../events/sweep.ts';

export const handler = createSweepHandler(createAwsHome());
