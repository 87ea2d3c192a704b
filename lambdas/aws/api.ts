import { createAwsHome } from '../../lib/aws/home.ts';
import { createApiHandler } from '../api/handler.ts';

export const handler = createApiHandler(createAwsHome());
