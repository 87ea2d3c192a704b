/** A task as ECS describes it: the result of `ecs:runTask.sync`, the cause of its failure, and what its events tell. */
import { randomUUID } from 'node:crypto';
import type { Container } from '../../ports/containers.ts';
import type { TaskStateChange } from '../../task/event.ts';

/** Times are epoch milliseconds, as Step Functions gives them. */
export type EcsTask = {
  readonly TaskArn: string;
  readonly ClusterArn: string;
  readonly TaskDefinitionArn: string;
  readonly Group: string;
  readonly LastStatus: 'PENDING' | 'RUNNING' | 'STOPPED';
  readonly DesiredStatus: 'RUNNING' | 'STOPPED';
  readonly LaunchType: 'EXTERNAL';
  readonly Containers: readonly [EcsContainer];
  readonly CreatedAt: number;
  readonly StartedAt?: number;
  readonly StoppedAt?: number;
  readonly StopCode?: string;
  readonly StoppedReason?: string;
  readonly Version: number;
};

type EcsContainer = {
  readonly ContainerArn: string;
  readonly TaskArn: string;
  readonly Name: 'task';
  readonly Image: string;
  readonly LastStatus: EcsTask['LastStatus'];
  readonly ExitCode?: number;
  readonly Reason?: string;
};

/** How a container ended. Without `exitCode` it never ran, or nobody can know. */
export type End = {
  readonly at: number;
  readonly startedAt?: number;
  readonly exitCode?: number;
  readonly stopCode: 'EssentialContainerExited' | 'UserInitiated' | 'TaskFailedToStart';
  readonly stoppedReason: string;
  /** What ECS says at the container itself, like `OutOfMemoryError: …`. */
  readonly reason?: string;
};

const account = '000000000000';
const region = 'local';
const arnOf = (resource: string) => `arn:aws:ecs:${region}:${account}:${resource}`;

export type NewTask = {
  readonly id: string;
  readonly group: string;
  readonly cluster: string;
  readonly definition: string;
  readonly image: string;
  readonly at: number;
};

export function pendingTask({ id, group, cluster, definition, image, at }: NewTask): EcsTask {
  const ClusterArn = cluster.startsWith('arn:') ? cluster : arnOf(`cluster/${cluster}`);
  const TaskArn = arnOf(`task/${ClusterArn.slice(ClusterArn.lastIndexOf('/') + 1)}/${id}`);
  return {
    TaskArn,
    ClusterArn,
    TaskDefinitionArn: definition.startsWith('arn:') ? definition : arnOf(`task-definition/${definition}`),
    Group: group,
    LastStatus: 'PENDING',
    DesiredStatus: 'RUNNING',
    LaunchType: 'EXTERNAL',
    Containers: [
      { ContainerArn: arnOf(`container/${id}`), TaskArn, Name: 'task', Image: image, LastStatus: 'PENDING' },
    ],
    CreatedAt: at,
    Version: 1,
  };
}

export function runningTask(task: EcsTask, at: number): EcsTask {
  const [container] = task.Containers;
  return {
    ...task,
    LastStatus: 'RUNNING',
    Containers: [{ ...container, LastStatus: 'RUNNING' }],
    StartedAt: at,
    Version: 2,
  };
}

export function stoppedTask(task: EcsTask, end: End): EcsTask {
  const [container] = task.Containers;
  const started = end.startedAt ?? task.StartedAt;
  return {
    ...task,
    LastStatus: 'STOPPED',
    DesiredStatus: 'STOPPED',
    Containers: [
      {
        ...container,
        LastStatus: 'STOPPED',
        ...(end.exitCode !== undefined && { ExitCode: end.exitCode }),
        ...(end.reason !== undefined && { Reason: end.reason }),
      },
    ],
    ...(started !== undefined && { StartedAt: started }),
    StoppedAt: end.at,
    StopCode: end.stopCode,
    StoppedReason: end.stoppedReason,
    Version: 3,
  };
}

/** The task cut to what the core reads, as `lib/task/event.ts` cuts its events. */
export function containerOf(task: EcsTask): Container {
  const [{ ExitCode, Reason }] = task.Containers;
  const reason = Reason ?? task.StoppedReason;
  return {
    arn: task.TaskArn,
    group: task.Group,
    lastStatus: task.LastStatus,
    createdAt: task.CreatedAt,
    ...(task.StartedAt !== undefined && { startedAt: task.StartedAt }),
    ...(task.StoppedAt !== undefined && { stoppedAt: task.StoppedAt }),
    ...(ExitCode !== undefined && { exitCode: ExitCode }),
    ...(task.StopCode !== undefined && { stopCode: task.StopCode }),
    ...(reason !== undefined && { stoppedReason: reason }),
  };
}

/** The event that tells the task's present state. */
export function eventOf(task: EcsTask): TaskStateChange {
  const [container] = task.Containers;
  const updated = task.StoppedAt ?? task.StartedAt ?? task.CreatedAt;
  const iso = (at: number) => new Date(at).toISOString();
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'ECS Task State Change',
    source: 'aws.ecs',
    account,
    time: iso(updated),
    region,
    resources: [task.TaskArn],
    detail: {
      taskArn: task.TaskArn,
      clusterArn: task.ClusterArn,
      taskDefinitionArn: task.TaskDefinitionArn,
      group: task.Group,
      lastStatus: task.LastStatus,
      desiredStatus: task.DesiredStatus,
      containers: [
        {
          containerArn: container.ContainerArn,
          taskArn: task.TaskArn,
          name: container.Name,
          image: container.Image,
          lastStatus: container.LastStatus,
          ...(container.ExitCode !== undefined && { exitCode: container.ExitCode }),
          ...(container.Reason !== undefined && { reason: container.Reason }),
        },
      ],
      createdAt: iso(task.CreatedAt),
      ...(task.StartedAt !== undefined && { startedAt: iso(task.StartedAt) }),
      ...(task.StoppedAt !== undefined && { stoppedAt: iso(task.StoppedAt) }),
      updatedAt: iso(updated),
      ...(task.StopCode !== undefined && { stopCode: task.StopCode }),
      ...(task.StoppedReason !== undefined && { stoppedReason: task.StoppedReason }),
      version: task.Version,
    },
  };
}

/** What a state that runs a task fails with. Named as Step Functions names it, so that Retry and Catch find it. */
export class RunTaskError extends Error {
  override readonly name: 'States.TaskFailed' | 'AmazonECS.Unknown';
  constructor(name: RunTaskError['name'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

/** The task when its command succeeded; else throws what Step Functions would fail the state with. */
export function resultOf(task: EcsTask): EcsTask {
  if (task.Containers[0].ExitCode === 0) return task;
  throw new RunTaskError('States.TaskFailed', JSON.stringify(task));
}
