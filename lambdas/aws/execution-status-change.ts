import { createExecutionStatusChangeHandler } from '../events/execution-status-change.ts';
import { onAws } from '../on-aws.ts';

export const handler = await onAws(createExecutionStatusChangeHandler);
