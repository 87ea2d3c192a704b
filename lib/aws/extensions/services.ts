/** Services of ECS, one an extension: each keeps one container running, on Fargate. */
import {
  ClientException,
  CreateServiceCommand,
  DeleteServiceCommand,
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type ECSClient,
  paginateListServices,
  paginateListTasks,
  RegisterTaskDefinitionCommand,
  ServiceNotActiveException,
  ServiceNotFoundException,
  type Task,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { extensionPort, servicePrefix } from '../../extension/place.ts';
import type { ExtensionServices, ServiceContainer } from '../../ports/extension-services.ts';
import { inWords } from '../../task/fault.ts';
import { type ExtensionDefinitionSettings, extensionDefinition } from './definition.ts';

export type ExtensionServiceSettings = ExtensionDefinitionSettings & {
  readonly clusterArn: string;
  readonly network: {
    readonly subnets: readonly string[];
    readonly securityGroups: readonly string[];
    readonly assignPublicIp: 'ENABLED' | 'DISABLED';
  };
};

/** One at most, also while it is replaced: two would start every run twice. */
const oneAtMost = { maximumPercent: 100, minimumHealthyPercent: 0 } as const;

export function createExtensionServices(client: ECSClient, settings: ExtensionServiceSettings): ExtensionServices {
  const { clusterArn: cluster, network } = settings;

  async function define(work: Parameters<ExtensionServices['put']>[0]): Promise<string> {
    const registration = extensionDefinition(work, settings);
    const taskDefinition = registration.family;
    try {
      await client.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
    } catch (error) {
      // "Unable to describe task definition.": ECS has no error of its own for a family that it doesn't know.
      if (!(error instanceof ClientException)) throw error;
      await client.send(new RegisterTaskDefinitionCommand(registration));
    }
    return taskDefinition;
  }

  /** A revision that something still runs by goes on working there. */
  async function forget(taskDefinition: string | undefined): Promise<void> {
    if (taskDefinition === undefined) return;
    await client.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
    await client.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: [taskDefinition] }));
  }

  async function newest(
    serviceName: string,
    family: string,
    desiredStatus: 'RUNNING' | 'STOPPED',
  ): Promise<Task | undefined> {
    const arns: string[] = [];
    for await (const page of paginateListTasks({ client }, { cluster, serviceName, desiredStatus }))
      arns.push(...(page.taskArns ?? []));
    if (!arns.length) return undefined;
    // DescribeTasks takes at most 100: one that ends and ends has no more within the hour that ECS remembers.
    const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster, tasks: arns.slice(0, 100) }));
    return tasks
      .filter(({ taskDefinitionArn }) => familyOf(taskDefinitionArn) === family)
      .sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0))[0];
  }

  return {
    async list() {
      const names: string[] = [];
      for await (const page of paginateListServices({ client }, { cluster }))
        names.push(...(page.serviceArns ?? []).map((arn) => arn.split('/').at(-1) ?? ''));
      return names.filter((name) => name.startsWith(servicePrefix)).map((name) => name.slice(servicePrefix.length));
    },
    async put(work) {
      const service = `${servicePrefix}${work.id}`;
      const { services = [] } = await client.send(new DescribeServicesCommand({ cluster, services: [service] }));
      const [found] = services;
      // One of the same name that is still being removed: the next call makes it.
      if (found?.status === 'DRAINING') return;
      const taskDefinition = await define(work);
      if (found?.status === 'ACTIVE') {
        if (familyOf(found.taskDefinition) === taskDefinition && found.desiredCount === 1) return;
        await client.send(new UpdateServiceCommand({ cluster, service, taskDefinition, desiredCount: 1 }));
        if (familyOf(found.taskDefinition) !== taskDefinition) await forget(found.taskDefinition);
        return;
      }
      await client.send(
        new CreateServiceCommand({
          cluster,
          serviceName: service,
          taskDefinition,
          desiredCount: 1,
          // Not Spot, whatever tasks run on: it is there to be reached.
          capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
          deploymentConfiguration: oneAtMost,
          networkConfiguration: {
            awsvpcConfiguration: {
              subnets: [...network.subnets],
              securityGroups: [...network.securityGroups],
              assignPublicIp: network.assignPublicIp,
            },
          },
        }),
      );
    },
    async remove(id) {
      try {
        const request = { cluster, service: `${servicePrefix}${id}`, force: true };
        const { service } = await client.send(new DeleteServiceCommand(request));
        await forget(service?.taskDefinition);
      } catch (error) {
        if (!(error instanceof ServiceNotFoundException || error instanceof ServiceNotActiveException)) throw error;
      }
    },
    async container(work) {
      const service = `${servicePrefix}${work.id}`;
      const { family } = extensionDefinition(work, settings);
      const task = (await newest(service, family, 'RUNNING')) ?? (await newest(service, family, 'STOPPED'));
      return task && containerOf(task);
    },
  };
}

/** `arn:aws:ecs:eu-west-1:123456789012:task-definition/<family>:<revision>` */
const familyOf = (arn = ''): string => arn.slice(arn.lastIndexOf('/') + 1).replace(/:\d+$/, '');

function containerOf({ taskArn: arn = '', lastStatus, containers = [], stoppedReason }: Task): ServiceContainer {
  const [{ exitCode, reason, networkInterfaces } = {}] = containers;
  const [{ privateIpv4Address: address } = {}] = networkInterfaces ?? [];
  if (lastStatus === 'RUNNING' && address) return { arn, state: 'running', url: `http://${address}:${extensionPort}` };
  if (lastStatus !== 'STOPPED') return { arn, state: 'coming', url: '' };
  const words = inWords(reason || stoppedReason || 'no reason is known');
  return { arn, state: 'stopped', url: '', reason: exitCode === undefined ? words : endedWith(exitCode, reason) };
}

const endedWith = (exitCode: number, reason: string | undefined) =>
  `it ended with exit code ${exitCode}${reason ? ` (${inWords(reason)})` : ''}`;
