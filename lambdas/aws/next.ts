import { createAwsHome } from '../../lib/aws/home.ts';
import { createNextHandler } from '../states/next.ts';

export const handler = createNextHandler(createAwsHome());
