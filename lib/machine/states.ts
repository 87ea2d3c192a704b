/** The kinds of states a machine is made of. A name with a blank is no task: no task id can hold one. */
import type { TaskConfig } from '../pipeline/config.ts';
import { laterSeconds, retryInterval } from '../task/retry.ts';

export const finishName = 'finish run';
export const nextName = (task: string) => `next ${task}`;
export const overName = (task: string) => `${task} over`;
export const fanName = (number: number) => `fan ${number}`;

type State = Readonly<Record<string, unknown>>;

/** Where a state leads: on to another state, or to the end of its branch, which leaves next to nothing behind. */
export type Way = { readonly next: string } | { readonly end: 'branch' };

const waiting = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
} as const;

/** Leaves `{}` in `$.o`, and at the end of a branch nothing else: a Parallel's outputs together must stay below 256 KiB. */
const emptied = (way: Way) =>
  'next' in way ? { ResultSelector: {}, ResultPath: '$.o', Next: way.next } : { ResultSelector: {}, End: true };

/** 23 days: a gate may wait that long, then it asks again. Above 2,147,483 s timers of the local interpreter overflow. */
const patience = 2_000_000;

/** An answer that is an end: never asked again. */
const decided = (error: string) => ({ ErrorEquals: [error], MaxAttempts: 0 });

/** A throttled or crashed decision never ends a task. Intervals double from 1 s. */
const undecided = {
  ErrorEquals: ['States.ALL'],
  MaxDelaySeconds: 60,
  JitterStrategy: 'FULL',
  MaxAttempts: 99_999,
} as const;

/** An answer may come again (its own event was late): one beyond MaxAttempts would end the execution uncaught. */
const after = (error: string, seconds: number) => ({
  ErrorEquals: [error],
  IntervalSeconds: seconds,
  MaxAttempts: 5,
  BackoffRate: 1,
});

/** The gate before a task: answered with what to start, when its parents are complete; or caught as over. */
export function nextState(task: TaskConfig, way: Way, before: TaskConfig | undefined): State {
  const over = 'next' in way ? { ResultPath: '$.o', Next: way.next } : { Next: overName(task.id) };
  const again = Array.from({ length: (task.retry?.attempts ?? 1) - 1 }, (_, n) =>
    after(`Gofer.Again.${n + 1}`, retryInterval(task.retry, n + 1)),
  );
  return {
    ...waiting,
    Parameters: {
      'FunctionName.$': '$.f',
      Payload: {
        v: 1,
        'run.$': '$.r',
        task: task.id,
        ...(before ? { after: before.id } : {}),
        'o.$': '$.o',
        'token.$': '$$.Task.Token',
      },
    },
    ResultPath: '$.o',
    TimeoutSeconds: patience,
    Retry: [decided('Gofer.Over'), ...again, after('Gofer.Later', laterSeconds), undecided],
    Catch: [{ ErrorEquals: ['Gofer.Over'], ...over }],
    Next: task.id,
  };
}

export type CompileOptions = {
  /** Seconds that a task without `timeout` may run: 24 h unless set. */
  readonly defaultTimeout: number;
  /** Absent: nobody may attach to containers, so they are started without ECS Exec. */
  readonly attachRole?: string | undefined;
};

/** What a launch takes beyond the task's own timeout: pulling the image, starting, stopping. The sweep is exact, this is the backstop. */
const grace = 900;

/** The task's container. Whatever goes wrong, `next` decides what it means; only a launch that never happened is repeated here. */
export function taskState(task: TaskConfig, way: Way, { defaultTimeout, attachRole }: CompileOptions): State {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::ecs:runTask.sync',
    Parameters: {
      'Cluster.$': '$.c',
      'TaskDefinition.$': '$.o.d',
      'Group.$': '$.o.g',
      'CapacityProviderStrategy.$': '$.o.p',
      'NetworkConfiguration.$': '$.n',
      'Overrides.$': '$.o.v',
      ...(attachRole !== undefined && { EnableExecuteCommand: true }),
    },
    TimeoutSeconds: (task.timeout ?? defaultTimeout) + grace,
    // Fargate launches 20 containers a second: a fan-out of 500 needs several rounds, which cost three history events
    // each; what waits longer, `next` lets wait for nothing. ECS has no error for throttling, so Step Functions calls it by
    // the general name: https://github.com/AllenInstitute/neuron_morphology/issues/151
    Retry: [
      {
        ErrorEquals: ['ECS.AmazonECSException'],
        IntervalSeconds: 60,
        MaxAttempts: 3,
        BackoffRate: 1,
        JitterStrategy: 'FULL',
      },
    ],
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.o.e', Next: nextName(task.id) }],
    ...emptied(way),
  };
}

/** Where a branch ends whose last task is over: a Catch must lead to a state. All it leaves is `Gofer.Over` and a word. */
export const overState: State = { Type: 'Pass', End: true };

export const fanState = (branches: readonly State[], way: Way): State => ({
  Type: 'Parallel',
  Branches: branches,
  ...emptied(way),
});

/** The last step: answered when no task is open; a failed run fails the execution with `Gofer.Failed`. */
export const finishState: State = {
  ...waiting,
  Parameters: {
    'FunctionName.$': '$.g',
    Payload: { v: 1, 'run.$': '$.r', 'token.$': '$$.Task.Token' },
  },
  TimeoutSeconds: patience,
  Retry: [decided('Gofer.Failed'), undecided],
  End: true,
};
