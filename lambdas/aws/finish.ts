import { createAwsHome } from '../../lib/aws/home.ts';
import { createFinishHandler } from '../states/finish.ts';

export const handler = createFinishHandler(createAwsHome());
