/** Containers on ECS with Fargate. */
import {
  ClientException,
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type ECSClient,
  InvalidParameterException,
  paginateListTaskDefinitions,
  paginateListTasks,
  RegisterTaskDefinitionCommand,
  StopTaskCommand,
  type Task,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import type { Container, Containers } from '../ports/containers.ts';
import { parseGroup } from '../task/group.ts';
import { inCommon } from './in-common.ts';
import { containerName, familyOf, isUpToDate, registrationOf, type TaskDefinitionSettings } from './task-definition.ts';

export type ContainerSettings = TaskDefinitionSettings & { readonly clusterArn: string };

/** DescribeTasks takes at most 100 tasks. */
const batchSize = 100;

/** DeleteTaskDefinitions takes at most 10 revisions. */
const deletedAtOnce = 10;

export function createContainers(client: ECSClient, settings: ContainerSettings): Containers {
  const cluster = settings.clusterArn;
  /** What has stopped stays as it is: it is described once. */
  const stopped = new Map<string, Container>();

  async function newest(taskDefinition: string): Promise<TaskDefinition | undefined> {
    try {
      return (await client.send(new DescribeTaskDefinitionCommand({ taskDefinition }))).taskDefinition;
    } catch (error) {
      // "Unable to describe task definition.": ECS has no error of its own for a family that it doesn't know.
      if (error instanceof ClientException) return undefined;
      throw error;
    }
  }

  async function arnsOf(desiredStatus: 'RUNNING' | 'STOPPED'): Promise<string[]> {
    const arns: string[] = [];
    for await (const page of paginateListTasks({ client }, { cluster, desiredStatus }))
      arns.push(...(page.taskArns ?? []));
    return arns;
  }

  async function describe(arns: readonly string[]): Promise<Container[]> {
    const unknown = arns.filter((arn) => !stopped.has(arn));
    const found = arns.flatMap((arn) => stopped.get(arn) ?? []);
    for (let at = 0; at < unknown.length; at += batchSize) {
      const tasks = unknown.slice(at, at + batchSize);
      const described = await client.send(new DescribeTasksCommand({ cluster, tasks }));
      for (const container of (described.tasks ?? []).flatMap(containerOf)) {
        found.push(container);
        if (container.lastStatus === 'STOPPED') stopped.set(container.arn, container);
      }
    }
    return found;
  }

  /**
   * ListTasks can't ask for a group: a run's containers are found among all of the cluster. Running first: a container
   * that stops between the two calls is then in both, never in none. One that is being stopped has the desired status
   * STOPPED while it still lives.
   */
  const listAll = inCommon(async () => {
    const running = await arnsOf('RUNNING');
    const ended = await arnsOf('STOPPED');
    const kept = new Set(ended);
    for (const arn of stopped.keys()) if (!kept.has(arn)) stopped.delete(arn);
    return describe([...new Set([...running, ...ended])]);
  });

  return {
    nameOf: (definition) => familyOf(settings.installation, definition),
    async define(definition) {
      const registration = registrationOf(definition, settings);
      const { family } = registration;
      const usable = async () => {
        const registered = await newest(family);
        return registered && isUpToDate(registered, registration);
      };
      if (await usable()) return family;
      try {
        await client.send(new RegisterTaskDefinitionCommand(registration));
      } catch (error) {
        // Two registrations of one family at the same moment: ECS refuses one of them, and the other is what it wanted.
        if (!(error instanceof ClientException && (await usable()))) throw error;
      }
      return family;
    },
    async forget(family) {
      const inactive: string[] = [];
      for await (const page of paginateListTaskDefinitions({ client }, { familyPrefix: family }))
        for (const taskDefinition of page.taskDefinitionArns ?? []) {
          await client.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
          inactive.push(taskDefinition);
        }
      // What an earlier call deregistered and did not come to delete.
      const left = { familyPrefix: family, status: 'INACTIVE' } as const;
      for await (const page of paginateListTaskDefinitions({ client }, left))
        inactive.push(...(page.taskDefinitionArns ?? []));
      const revisions = [...new Set(inactive)];
      for (let at = 0; at < revisions.length; at += deletedAtOnce) {
        const taskDefinitions = revisions.slice(at, at + deletedAtOnce);
        await client.send(new DeleteTaskDefinitionsCommand({ taskDefinitions }));
      }
    },
    list: async (run) => (await listAll()).filter(({ group }) => group.startsWith(`${run}/`)),
    listAll,
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
  const { taskArn: arn, group, lastStatus = '', createdAt, startedAt, stoppedAt, stopCode } = task;
  const status = statuses[lastStatus];
  if (!arn || !group || !parseGroup(group) || !status) return [];
  const { exitCode, reason } = task.containers?.find(({ name }) => name === containerName) ?? {};
  // A container's own words (an image that can't be pulled, memory that ran out) say more than the task's.
  const stoppedReason = reason || task.stoppedReason;
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
