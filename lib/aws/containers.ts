/** Containers on ECS with Fargate. */
import {
  ClientException,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type ECSClient,
  InvalidParameterException,
  paginateListTasks,
  RegisterTaskDefinitionCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import type { Container, Containers } from '../ports/containers.ts';
import { parseGroup } from '../task/group.ts';
import { containerName, registrationOf, type TaskDefinitionSettings } from './task-definition.ts';

export type ContainerSettings = TaskDefinitionSettings & { readonly clusterArn: string };

/** DescribeTasks takes at most 100 tasks. */
const batchSize = 100;

export function createContainers(client: ECSClient, settings: ContainerSettings): Containers {
  const cluster = settings.clusterArn;

  async function newest(family: string): Promise<string | undefined> {
    try {
      const { taskDefinition } = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: family }));
      return `${family}:${taskDefinition?.revision ?? 1}`;
    } catch (error) {
      // "Unable to describe task definition.": ECS has no error of its own for a family that it doesn't know.
      if (error instanceof ClientException) return undefined;
      throw error;
    }
  }

  /** ListTasks can't ask for a group: a run's containers are found among all of the cluster. */
  async function listed(desiredStatus: 'RUNNING' | 'STOPPED'): Promise<Container[]> {
    const arns: string[] = [];
    for await (const page of paginateListTasks({ client }, { cluster, desiredStatus }))
      arns.push(...(page.taskArns ?? []));
    const containers: Container[] = [];
    while (arns.length) {
      const tasks = arns.splice(0, batchSize);
      const described = await client.send(new DescribeTasksCommand({ cluster, tasks }));
      containers.push(...(described.tasks ?? []).flatMap(containerOf));
    }
    return containers;
  }

  return {
    async define(definition) {
      const registration = registrationOf(definition, settings);
      const known = await newest(registration.family);
      if (known) return known;
      try {
        const { taskDefinition } = await client.send(new RegisterTaskDefinitionCommand(registration));
        return `${registration.family}:${taskDefinition?.revision ?? 1}`;
      } catch (error) {
        // Two registrations of one family at the same moment: ECS refuses one of them, and the other is what it wanted.
        const other = error instanceof ClientException ? await newest(registration.family) : undefined;
        if (other) return other;
        throw error;
      }
    },
    async list(run) {
      // Running first: a container that stops between the two calls is then in both, never in none.
      const running = await listed('RUNNING');
      const stopped = await listed('STOPPED');
      const newestNews = new Map([...running, ...stopped].map((container) => [container.arn, container]));
      return [...newestNews.values()].filter(({ group }) => group.startsWith(`${run}/`));
    },
    async alive() {
      // A container that is being stopped has the desired status STOPPED while it still lives.
      const all = [...(await listed('RUNNING')), ...(await listed('STOPPED'))];
      const alive = all.filter(({ lastStatus }) => lastStatus !== 'STOPPED');
      return [...new Map(alive.map((container) => [container.arn, container])).values()];
    },
    async stop(arn, reason) {
      try {
        await client.send(new StopTaskCommand({ cluster, task: arn, reason }));
      } catch (error) {
        // "The referenced task was not found.": it stopped more than an hour ago.
        if (!(error instanceof InvalidParameterException && /not found/i.test(error.message))) throw error;
      }
    },
  };
}

/** Steps on the way to a status count as the status before. */
const statuses: Readonly<Record<string, Container['lastStatus']>> = {
  PROVISIONING: 'PROVISIONING',
  PENDING: 'PENDING',
  ACTIVATING: 'PENDING',
  RUNNING: 'RUNNING',
  DEACTIVATING: 'DEPROVISIONING',
  STOPPING: 'DEPROVISIONING',
  DEPROVISIONING: 'DEPROVISIONING',
  STOPPED: 'STOPPED',
};

/** Empty for a task that is none of ours: other things may run on the cluster. */
function containerOf(task: Task): Container[] {
  const { taskArn: arn, group, lastStatus = '', createdAt, startedAt, stoppedAt, stopCode, stoppedReason } = task;
  const status = statuses[lastStatus];
  if (!arn || !group || !parseGroup(group) || !status) return [];
  const exitCode = task.containers?.find(({ name }) => name === containerName)?.exitCode;
  return [
    {
      arn,
      group,
      lastStatus: status,
      createdAt: createdAt?.getTime() ?? 0,
      ...(startedAt && { startedAt: startedAt.getTime() }),
      ...(stoppedAt && { stoppedAt: stoppedAt.getTime() }),
      ...(exitCode !== undefined && { exitCode }),
      ...(stopCode && { stopCode }),
      ...(stoppedReason && { stoppedReason }),
    },
  ];
}
