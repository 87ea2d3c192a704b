/** Target of the rule for ECS "Task State Change" (RUNNING and STOPPED). */
import type { Home } from '../../lib/home.ts';
import { parseTaskStateChange } from '../../lib/task/event.ts';
import { onTaskStateChange } from '../../lib/task/state-change.ts';

/** Events that aren't about a container of the product are none of ours. */
export const createTaskStateChangeHandler = (home: Home) => async (event: unknown) => {
  const container = parseTaskStateChange(event);
  if (container) await onTaskStateChange(home, container);
};
