import { createAwsHome } from '../../lib/aws/home.ts';
import { createExecutionStatusChangeHandler } from '../events/execution-status-change.ts';

export const handler = createExecutionStatusChangeHandler(createAwsHome());
