/** What must happen in a run, worked out apart from the product: event by event, in the words of the contract. */
import type { PipelineConfig, TaskConfig } from '../../lib/pipeline/config.ts';

/** One container: how long it runs, and what it exits with. */
export type Attempt = { readonly seconds: number; readonly exit: number };

/** What a task's containers will do. Launches beyond the list repeat its last entry. */
export type Behaviour = {
  readonly attempts: readonly [Attempt, ...Attempt[]];
  /** Launches that fail before any container exists, before the first one succeeds. */
  readonly refused: number;
};

export type Plan = ReadonlyMap<string, Behaviour>;

export type Status = 'successful' | 'failed' | 'skipped';

export type Expected = {
  readonly statuses: Readonly<Record<string, Status>>;
  /** Seconds after the run's start at which each container of each task starts. */
  readonly starts: Readonly<Record<string, readonly number[]>>;
  readonly outcome: 'successful' | 'failed';
};

/** Seconds until a refused launch is tried again. */
const refusalPause = 60;

export function attemptOf({ attempts }: Behaviour, number: number): Attempt {
  return attempts[number - 1] ?? attempts.at(-1) ?? attempts[0];
}

export function expected({ tasks }: PipelineConfig, plan: Plan): Expected {
  const statuses: Record<string, Status> = {};
  const starts: Record<string, number[]> = {};
  const ended = new Map<string, number>();
  const waiting = new Set(tasks);
  while (waiting.size > 0) {
    const considered = [...waiting].filter(({ depends_on }) => Object.keys(depends_on).every((id) => ended.has(id)));
    for (const task of considered) {
      waiting.delete(task);
      const behaviour = plan.get(task.id);
      if (!behaviour) throw new Error(`no plan for ${task.id}`);
      const at = Math.max(0, ...Object.keys(task.depends_on).map((id) => ended.get(id) ?? 0));
      const run = meets(task, statuses)
        ? life(task, behaviour, at)
        : { status: 'skipped' as const, starts: [], end: at };
      statuses[task.id] = run.status;
      starts[task.id] = run.starts;
      ended.set(task.id, run.end);
    }
  }
  const fatal = tasks.some(({ id, allow_failure }) => statuses[id] === 'failed' && !allow_failure);
  return { statuses, starts, outcome: fatal ? 'failed' : 'successful' };
}

const meets = ({ depends_on }: TaskConfig, statuses: Readonly<Record<string, Status>>) =>
  Object.entries(depends_on).every(([id, condition]) => {
    if (condition === 'any') return true;
    return statuses[id] === (condition === 'success' ? 'successful' : 'failed');
  });

function life(task: TaskConfig, behaviour: Behaviour, at: number): { status: Status; starts: number[]; end: number } {
  const starts: number[] = [];
  let now = at + behaviour.refused * refusalPause;
  for (let number = 1; ; number++) {
    const { seconds, exit } = attemptOf(behaviour, number);
    starts.push(now);
    now += seconds;
    if (exit === 0) return { status: 'successful', starts, end: now };
    const { attempts = 1, interval = 1, rate = 1, exit_codes } = task.retry ?? {};
    if (number >= attempts || (exit_codes && !exit_codes.includes(exit))) return { status: 'failed', starts, end: now };
    now += Math.max(1, Math.min(3600, Math.round(interval * rate ** (number - 1))));
  }
}
