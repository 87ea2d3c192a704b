/** The outcome of a run, from what happened to its tasks. */
import type { PipelineConfig } from '../pipeline/config.ts';
import type { TaskItem } from '../task/task.ts';
import type { RunItem, RunStatus } from './run.ts';

type Outcome = { readonly status: RunStatus; readonly reason?: NonNullable<RunItem['reason']> };

/**
 * `failed` if any task failed whose failure is not allowed (also when another task handled it), if the run took longer
 * than its timeout, or if its execution ended by itself; else `cancelled` if the run or any task was; else `successful`.
 */
export function outcomeOf(run: RunItem, config: PipelineConfig, tasks: readonly TaskItem[]): Outcome {
  const statuses = new Map(tasks.map((task) => [task.sk, task.status]));
  const failed = config.tasks
    .filter((task) => statuses.get(task.id) === 'failed' && !task.allow_failure)
    .map(({ id }) => `"${id}"`);
  const cancelled = config.tasks.filter((task) => statuses.get(task.id) === 'cancelled').map(({ id }) => `"${id}"`);
  if (run.cancelling === 'timeout') {
    return {
      status: 'failed',
      reason: {
        reason: 'abnormal_exit',
        description: `took longer than the pipeline's timeout of ${config.timeout} s`,
      },
    };
  }
  if (run.error !== undefined)
    return { status: 'failed', reason: { reason: 'scheduler_error', description: run.error } };
  if (failed.length)
    return { status: 'failed', reason: { reason: 'abnormal_exit', description: `failed: ${failed.join(', ')}` } };
  if (run.cancelling) {
    const reason = run.cancelling === 'admin' ? 'admin_cancelled' : 'user_cancelled';
    return { status: 'cancelled', reason: { reason, description: 'the run was cancelled' } };
  }
  if (cancelled.length)
    return {
      status: 'cancelled',
      reason: { reason: 'user_cancelled', description: `cancelled: ${cancelled.join(', ')}` },
    };
  return { status: 'successful' };
}
