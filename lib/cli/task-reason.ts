/** Why a task is as it is, in one clause. Pure: told from what the API says of the run and its tasks. */
import type { Run, TaskExecution } from '../client/types.ts';
import { conditionMet } from '../pipeline/dag.ts';
import { duration } from './terminal/time.ts';

/** The one word that says how a task is: its outcome, else how far it has come. */
export function stateOf(task: TaskExecution, run: Pick<Run, 'state'>): string {
  if (task.state === 'complete') return task.status;
  if (task.cancelling) return 'cancelling';
  if (run.state === 'pending') return 'queued';
  return task.state === 'processing' ? 'starting' : task.state;
}

/** Empty when there is nothing to explain. */
export function whyTask(task: TaskExecution, all: readonly TaskExecution[], run: Run, now: number): string {
  if (task.state !== 'complete') return whyNot(task, all, run, now);
  const said = task.status_reason?.description ?? '';
  switch (task.status) {
    case 'skipped':
      return unmet(task, all) || said;
    case 'failed':
      return [failure(task, said), tries(task), task.task.allow_failure ? 'allowed' : ''].filter(Boolean).join(', ');
    case 'cancelled':
      return said || 'cancelled';
    default:
      return tries(task);
  }
}

/** What an unfinished task waits for. */
function whyNot(task: TaskExecution, all: readonly TaskExecution[], run: Run, now: number): string {
  if (run.state === 'pending') return run.queue_position ? `position ${run.queue_position} in the queue` : '';
  if (task.postponed_because !== undefined) return task.postponed_because;
  if (task.next_attempt !== undefined) {
    const wait = Math.max(0, task.next_attempt - now);
    return `${tries(task) || 'first attempt'} ended, the next in ${duration(wait)}`;
  }
  if (task.state !== 'waiting') return tries(task);
  const open = Object.keys(task.task.depends_on).filter(
    (parent) => all.find(({ task_id }) => task_id === parent)?.state !== 'complete',
  );
  return open.length === 0 ? '' : `waits for ${list(open.map((id) => `"${id}"`))}`;
}

/** `"build" failed, needs success`, for each parent that stands in the way. */
function unmet(task: TaskExecution, all: readonly TaskExecution[]): string {
  return Object.entries(task.task.depends_on)
    .flatMap(([id, condition]) => {
      const parent = all.find(({ task_id }) => task_id === id);
      if (!parent || parent.status === 'unknown' || condition === 'unknown') return [];
      if (conditionMet(condition, parent.status)) return [];
      const need = condition === 'any' ? '' : `, needs ${condition}`;
      return [`"${id}" ${ended[parent.status]}${need}`];
    })
    .join('; ');
}

const ended = {
  successful: 'succeeded',
  failed: 'failed',
  skipped: 'was skipped',
  cancelled: 'was cancelled',
} as const;

/** An exit code has a column of its own: of a sentence that repeats it, only what stands in brackets tells more. */
function failure(task: TaskExecution, said: string): string {
  const repeats = task.exit_code != null && /\bexit(ed)?\b.*\bcode\b/i.test(said);
  return repeats ? (/\(([^)]+)\)\.?$/.exec(said)?.[1] ?? '') : said;
}

/** `attempt 2 of 3`, once there was more than one. */
function tries(task: TaskExecution): string {
  const attempt = task.attempts?.at(-1)?.attempt ?? 1;
  const most = task.task.retry?.attempts;
  if (attempt < 2) return '';
  return most === undefined ? `attempt ${attempt}` : `attempt ${attempt} of ${most}`;
}

/** At most three names: a task of a wide fan-in would fill the screen. */
function list(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}

/** What has become of a run or task that was just asked to stop. */
export function cancelOutcome({ state, status }: { readonly state: string; readonly status: string }): string {
  if (state !== 'complete') return 'is being cancelled';
  return status === 'cancelled' ? 'is cancelled' : `was complete already: ${status}`;
}
