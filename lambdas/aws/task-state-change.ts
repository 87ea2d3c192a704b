import { createTaskStateChangeHandler } from '../events/task-state-change.ts';
import { onAws } from '../on-aws.ts';

export const handler = onAws(createTaskStateChangeHandler);
