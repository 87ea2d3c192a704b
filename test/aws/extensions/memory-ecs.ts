/** ECS as far as services of extensions go, as AWS documents it, behind a client that is mocked. */
import {
  ClientException,
  CreateServiceCommand,
  DeleteServiceCommand,
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  InvalidParameterException,
  ListServicesCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Service,
  ServiceNotFoundException,
  type Task,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';

export const account = 'arn:aws:ecs:eu-central-1:123456789012';
export const clusterArn = `${account}:cluster/gofer`;

type Kept = Required<Pick<Service, 'status' | 'taskDefinition' | 'desiredCount' | 'networkConfiguration'>>;
type Definition = { status: 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS'; input: RegisterTaskDefinitionCommandInput };

const refusal = (message: string) => new ClientException({ message, $metadata: {} });
const invalid = (message: string) => new InvalidParameterException({ message, $metadata: {} });

export function createMemoryEcs() {
  const client = new ECSClient({ region: 'eu-central-1' });
  const aws = mockClient(client);
  const services = new Map<string, Kept>();
  /** By their ARNs. */
  const definitions = new Map<string, Definition>();
  const tasks: (Task & { service: string; desiredStatus: 'RUNNING' | 'STOPPED' })[] = [];
  /** Names of calls before which the process dies, once. */
  const dying = new Set<string>();
  const live = (call: string) => {
    if (dying.delete(call)) throw new Error('the process died here');
  };
  const newestOf = (family = '') =>
    [...definitions].filter(([arn, { status }]) => arn.includes(`/${family}:`) && status === 'ACTIVE').at(-1)?.[0];
  const usable = (name = '') => {
    const arn = newestOf(name);
    if (!arn) throw refusal('TaskDefinition is inactive');
    return arn;
  };

  aws.on(RegisterTaskDefinitionCommand).callsFake((input: RegisterTaskDefinitionCommandInput) => {
    const revision = [...definitions.keys()].filter((arn) => arn.includes(`/${input.family}:`)).length + 1;
    const arn = `${account}:task-definition/${input.family}:${revision}`;
    definitions.set(arn, { status: 'ACTIVE', input });
    return { taskDefinition: { taskDefinitionArn: arn } };
  });
  aws.on(DescribeTaskDefinitionCommand).callsFake(({ taskDefinition }: { taskDefinition: string }) => {
    const arn = newestOf(taskDefinition);
    if (!arn) throw refusal('Unable to describe task definition.');
    return { taskDefinition: { taskDefinitionArn: arn } };
  });
  aws.on(DeregisterTaskDefinitionCommand).callsFake(({ taskDefinition }: { taskDefinition: string }) => {
    const found = definitions.get(taskDefinition);
    if (!found) throw refusal('Unable to describe task definition.');
    if (found.status !== 'ACTIVE') throw refusal('The specified task definition is not active.');
    found.status = 'INACTIVE';
    return {};
  });
  aws.on(DeleteTaskDefinitionsCommand).callsFake(({ taskDefinitions }: { taskDefinitions: string[] }) => {
    const failures = taskDefinitions.filter((arn) => definitions.get(arn)?.status === 'ACTIVE');
    for (const arn of taskDefinitions) {
      const found = definitions.get(arn);
      if (found?.status === 'INACTIVE') found.status = 'DELETE_IN_PROGRESS';
    }
    return { failures: failures.map((arn) => ({ arn, reason: 'ACTIVE' })) };
  });

  aws.on(DescribeServicesCommand).callsFake(({ services: names }: { services: string[] }) => ({
    services: names.flatMap((serviceName) => {
      const found = services.get(serviceName);
      return found ? [{ serviceName, ...found }] : [];
    }),
    failures: names.filter((name) => !services.has(name)).map((arn) => ({ arn, reason: 'MISSING' })),
  }));
  aws.on(CreateServiceCommand).callsFake(({ serviceName, taskDefinition, desiredCount, networkConfiguration }) => {
    live('CreateService');
    const { status } = services.get(serviceName) ?? {};
    if (status === 'ACTIVE') throw invalid('Creation of service was not idempotent.');
    if (status === 'DRAINING') throw invalid('Unable to Start a service that is still Draining.');
    services.set(serviceName, {
      status: 'ACTIVE',
      taskDefinition: usable(taskDefinition),
      desiredCount,
      networkConfiguration,
    });
    return {};
  });
  aws.on(UpdateServiceCommand).callsFake(({ service, taskDefinition, desiredCount, networkConfiguration }) => {
    live('UpdateService');
    const found = services.get(service);
    if (!found) throw new ServiceNotFoundException({ message: 'Service not found.', $metadata: {} });
    services.set(service, {
      ...found,
      taskDefinition: usable(taskDefinition),
      desiredCount,
      ...(networkConfiguration && { networkConfiguration }),
    });
    return {};
  });
  aws.on(DeleteServiceCommand).callsFake(({ service }: { service: string }) => {
    live('DeleteService');
    const name = service.split('/').at(-1) ?? '';
    const found = services.get(name);
    if (!found) throw new ServiceNotFoundException({ message: 'Service not found.', $metadata: {} });
    services.set(name, { ...found, status: 'DRAINING' });
    return {};
  });
  // Those that are DRAINING are in no list any more. Two a page.
  aws.on(ListServicesCommand).callsFake(({ nextToken = '0' }: { nextToken?: string }) => {
    const arns = [...services]
      .filter(([, { status }]) => status === 'ACTIVE')
      .map(([name]) => `${account}:service/gofer/${name}`);
    const end = Number(nextToken) + 2;
    return { serviceArns: arns.slice(Number(nextToken), end), ...(end < arns.length && { nextToken: String(end) }) };
  });
  aws.on(ListTasksCommand).callsFake(({ serviceName, desiredStatus = 'RUNNING' }) => ({
    taskArns: tasks
      .filter((task) => String(serviceName).endsWith(task.service) && task.desiredStatus === desiredStatus)
      .map(({ taskArn }) => taskArn),
  }));
  aws.on(DescribeTasksCommand).callsFake(({ tasks: arns }: { tasks: string[] }) => ({
    tasks: tasks.filter(({ taskArn }) => arns.includes(taskArn ?? '')),
  }));

  return {
    client,
    aws,
    services,
    definitions,
    tasks,
    dying,
    /** Commands that were sent, by name, but for those that only look. */
    changes: () =>
      aws
        .calls()
        .map(({ args: [command] }) => command.constructor.name.replace(/Command$/, ''))
        .filter((name) => !/^(Describe|List)/.test(name)),
  };
}

export type MemoryEcs = ReturnType<typeof createMemoryEcs>;
