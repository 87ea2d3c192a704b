import { createAwsHome } from '../../lib/aws/home.ts';
import { createTaskStateChangeHandler } from '../events/task-state-change.ts';

export const handler = createTaskStateChangeHandler(createAwsHome());
