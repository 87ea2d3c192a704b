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
  InvalidParameterException,
  paginateListServices,
  paginateListTasks,
  RegisterTaskDefinitionCommand,
  type Service,
  ServiceNotActiveException,
  ServiceNotFoundException,
  type Task,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { servicePrefix } from '../../extension/place.ts';
import type { ExtensionServices } from '../../ports/extension-services.ts';
import { containerOf } from './container.ts';
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
  const { clusterArn: cluster } = settings;
  const networkConfiguration = { awsvpcConfiguration: mutable(settings.network) };

  async function find(service: string): Promise<Service | undefined> {
    const { services = [] } = await client.send(new DescribeServicesCommand({ cluster, services: [service] }));
    return services[0];
  }

  async function isRegistered(taskDefinition: string): Promise<boolean> {
    try {
      await client.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
      return true;
    } catch (error) {
      // "Unable to describe task definition.": ECS has no error of its own for a family that it doesn't know.
      if (error instanceof ClientException) return false;
      throw error;
    }
  }

  async function register(registration: ReturnType<typeof extensionDefinition>): Promise<void> {
    if (await isRegistered(registration.family)) return;
    try {
      await client.send(new RegisterTaskDefinitionCommand(registration));
    } catch (error) {
      // Two registrations of one family at the same moment: ECS refuses one of them, and the other is what it wanted.
      if (!(error instanceof ClientException && (await isRegistered(registration.family)))) throw error;
    }
  }

  /**
   * A service goes on by a revision that is gone, so this comes before the service lets go of it: nobody would know of it
   * any more after a death in between.
   */
  async function forget(taskDefinition: string | undefined): Promise<void> {
    if (taskDefinition === undefined) return;
    try {
      await client.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
    } catch (error) {
      // Whoever came before has done it already.
      if (!(error instanceof ClientException || error instanceof InvalidParameterException)) throw error;
    }
    await client.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: [taskDefinition] }));
  }

  async function create(serviceName: string, taskDefinition: string): Promise<void> {
    const creation = new CreateServiceCommand({
      cluster,
      serviceName,
      taskDefinition,
      desiredCount: 1,
      // Not Spot, whatever tasks run on: it is there to be reached.
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
      deploymentConfiguration: oneAtMost,
      // It would need room for a second one.
      availabilityZoneRebalancing: 'DISABLED',
      networkConfiguration,
    });
    try {
      await client.send(creation);
    } catch (error) {
      // "Creation of service was not idempotent.": somebody else has made it at the same moment.
      if (!(error instanceof InvalidParameterException && /not idempotent/i.test(error.message))) throw error;
    }
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
      const service = nameOf(work.id);
      const found = await find(service);
      // One of the same name that is still being removed: the next call makes it.
      if (found?.status === 'DRAINING') return;
      const registration = extensionDefinition(work, settings);
      const { family: taskDefinition } = registration;
      const active = found?.status === 'ACTIVE' ? found : undefined;
      const same = familyOf(active?.taskDefinition) === taskDefinition;
      if (same && active?.desiredCount === 1 && isIn(active, settings.network)) return;
      await register(registration);
      if (!active) return create(service, taskDefinition);
      if (!same) await forget(active.taskDefinition);
      const change = { cluster, service, taskDefinition, desiredCount: 1, networkConfiguration };
      await client.send(new UpdateServiceCommand(change));
    },
    async remove(id) {
      const service = nameOf(id);
      const found = await find(service);
      if (found?.status !== 'ACTIVE') return;
      await forget(found.taskDefinition);
      try {
        await client.send(new DeleteServiceCommand({ cluster, service, force: true }));
      } catch (error) {
        if (!(error instanceof ServiceNotFoundException || error instanceof ServiceNotActiveException)) throw error;
      }
    },
    async container(work) {
      const service = nameOf(work.id);
      const { family } = extensionDefinition(work, settings);
      try {
        const live = await newest(service, family, 'RUNNING');
        if (live) return containerOf(live);
        const ended = await newest(service, family, 'STOPPED');
        // Also one that still answers while it is being stopped.
        return ended && containerOf({ ...ended, lastStatus: 'STOPPED' });
      } catch (error) {
        if (error instanceof ServiceNotFoundException) return undefined;
        throw error;
      }
    },
  };
}

const nameOf = (id: string) => `${servicePrefix}${id}`;

const mutable = ({ subnets, securityGroups, assignPublicIp }: ExtensionServiceSettings['network']) => ({
  subnets: [...subnets],
  securityGroups: [...securityGroups],
  assignPublicIp,
});

/** The stack may have got another network since. */
function isIn({ networkConfiguration }: Service, network: ExtensionServiceSettings['network']): boolean {
  const { subnets = [], securityGroups = [], assignPublicIp } = networkConfiguration?.awsvpcConfiguration ?? {};
  const alike = (is: readonly string[], should: readonly string[]) =>
    String([...is].sort()) === String([...should].sort());
  return (
    alike(subnets, network.subnets) &&
    alike(securityGroups, network.securityGroups) &&
    assignPublicIp === network.assignPublicIp
  );
}

/** `arn:aws:ecs:eu-west-1:123456789012:task-definition/<family>:<revision>` */
const familyOf = (arn = ''): string => arn.slice(arn.lastIndexOf('/') + 1).replace(/:\d+$/, '');
