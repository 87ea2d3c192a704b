import { createExecutionStatusChangeHandler } from '../events/execution-status-change.ts';
import { measure, onAws } from '../on-aws.ts';

export const handler = onAws((home) => {
  const lookAfter = createExecutionStatusChangeHandler(home);
  return async (event: unknown) => {
    const { broken } = await lookAfter(event);
    if (broken) measure('ExecutionsBroken');
  };
});
