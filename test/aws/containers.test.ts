import {
  ClientException,
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  InvalidParameterException,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { createContainers } from '../../lib/aws/containers.ts';
import { familyOf } from '../../lib/aws/task-definition.ts';
import type { TaskDefinition } from '../../lib/ports/containers.ts';

const client = new ECSClient({ region: 'eu-central-1' });
const aws = mockClient(client);
const clusterArn = 'arn:aws:ecs:eu-central-1:123456789012:cluster/gofer';
const settings = {
  installation: 'Gofer',
  clusterArn,
  executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
  rolesArn: 'arn:aws:iam::123456789012:role',
  logGroup: 'gofer-tasks',
  region: 'eu-central-1',
  secrets: {
    store: 'secrets-manager',
    partition: 'aws',
    region: 'eu-central-1',
    account: '123456789012',
  },
} as const;
let containers = createContainers(client, settings);
const definition: TaskDefinition = {
  image: 'busybox:1',
  entrypoint: ['sh', '-c'],
  architecture: 'arm64',
  stopTimeout: 30,
  alwaysPull: false,
};
const unknownFamily = new ClientException({ message: 'Unable to describe task definition.', $metadata: {} });
const arnOf = (id: string) => `arn:aws:ecs:eu-central-1:123456789012:task/gofer/${id}`;
const taskOf = (id: string, more: Partial<Task>): Task => ({
  taskArn: arnOf(id),
  clusterArn,
  group: 'u1_7/build/1',
  lastStatus: 'RUNNING',
  createdAt: new Date(1000),
  containers: [{ name: 'task' }],
  ...more,
});

/** A cluster with these tasks, as ECS lists and describes it. */
function cluster(running: Task[], stopped: Task[] = []) {
  const arns = (tasks: Task[]) => tasks.flatMap(({ taskArn }) => taskArn ?? []);
  aws.on(ListTasksCommand, { desiredStatus: 'RUNNING' }).resolves({ taskArns: arns(running) });
  aws.on(ListTasksCommand, { desiredStatus: 'STOPPED' }).resolves({ taskArns: arns(stopped) });
  aws.on(DescribeTasksCommand).callsFake(({ tasks }: { tasks: string[] }) => ({
    tasks: tasks.map((arn) => [...stopped, ...running].find(({ taskArn }) => taskArn === arn)),
  }));
}

beforeEach(() => {
  aws.reset();
  containers = createContainers(client, settings);
});

/** The revision that `define` registered, as ECS describes it. */
const registered = () => ({
  taskDefinition: aws.commandCalls(RegisterTaskDefinitionCommand).at(-1)?.args[0].input as object,
});

describe('a task definition', () => {
  test('is registered for Fargate under a name made of its content', async () => {
    aws.on(DescribeTaskDefinitionCommand).rejects(unknownFamily);
    aws.on(RegisterTaskDefinitionCommand).resolves({});
    const name = await containers.define(definition);
    expect(name).toMatch(/^gofer-[0-9a-f]{32}$/);
    expect(aws.commandCalls(RegisterTaskDefinitionCommand)[0]?.args[0].input).toEqual({
      family: name,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      runtimePlatform: { operatingSystemFamily: 'LINUX', cpuArchitecture: 'ARM64' },
      executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
      containerDefinitions: [
        {
          name: 'task',
          image: 'busybox:1',
          essential: true,
          entryPoint: ['sh', '-c'],
          stopTimeout: 30,
          linuxParameters: { initProcessEnabled: true },
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': 'gofer-tasks',
              'awslogs-region': 'eu-central-1',
              'awslogs-stream-prefix': 'gofer',
              mode: 'blocking',
            },
          },
        },
      ],
    });
  });

  test.each([
    ['reports', 'arn:aws:iam::123456789012:role/reports'],
    ['arn:aws:iam::123456789012:role/team/reports', 'arn:aws:iam::123456789012:role/team/reports'],
  ])('gives its containers the role %s', async (role, taskRoleArn) => {
    aws.on(DescribeTaskDefinitionCommand).rejects(unknownFamily);
    aws.on(RegisterTaskDefinitionCommand).resolves({});
    await containers.define({ ...definition, role });
    expect(registered().taskDefinition).toMatchObject({ taskRoleArn });
  });

  test('is named without a call, the same for ever', () => {
    expect(containers.nameOf({ alwaysPull: true, stopTimeout: 30, image: 'busybox:1', architecture: 'arm64' })).toBe(
      'gofer-a2c81a04908230bbb542ff07fa1e3425',
    );
    expect(aws.calls()).toEqual([]);
  });

  test('that is registered is used as it is', async () => {
    aws.on(DescribeTaskDefinitionCommand).rejectsOnce(unknownFamily).callsFake(registered);
    aws.on(RegisterTaskDefinitionCommand).resolves({});
    const name = await containers.define(definition);
    expect(await containers.define(definition)).toBe(name);
    expect(aws.commandCalls(RegisterTaskDefinitionCommand)).toHaveLength(1);
  });

  test('whose role the stack has replaced gets another revision', async () => {
    aws.on(DescribeTaskDefinitionCommand).resolves({ taskDefinition: { executionRoleArn: 'arn:aws:iam::1:role/old' } });
    aws.on(RegisterTaskDefinitionCommand).resolves({});
    await containers.define(definition);
    expect(aws.commandCalls(RegisterTaskDefinitionCommand)).toHaveLength(1);
  });

  test('is one for tasks alike, another for any difference, and each installation has its own', () => {
    const variants: TaskDefinition[] = [
      definition,
      { ...definition, image: 'busybox:2' },
      { ...definition, entrypoint: ['sh'] },
      { ...definition, architecture: 'x86_64' },
      { ...definition, stopTimeout: 31 },
      { ...definition, role: 'reports' },
    ];
    const names = variants.map((each) => containers.nameOf(each));
    expect(new Set([...names, familyOf('Other', definition)]).size).toBe(variants.length + 1);
    // Fargate pulls always: the wish to makes no difference there.
    expect(containers.nameOf({ ...definition, alwaysPull: true })).toBe(names[0]);
  });

  test('that somebody else registers at the same moment is the same', async () => {
    aws.on(DescribeTaskDefinitionCommand).rejectsOnce(unknownFamily).callsFake(registered);
    aws.on(RegisterTaskDefinitionCommand).rejects(
      new ClientException({
        message: 'Too many concurrent attempts to create a new revision of the specified family.',
        $metadata: {},
      }),
    );
    expect(await containers.define(definition)).toBe(containers.nameOf(definition));
  });

  test('that ECS refuses is an error in the words of ECS', async () => {
    aws.on(DescribeTaskDefinitionCommand).rejects(unknownFamily);
    aws.on(RegisterTaskDefinitionCommand).rejects(new ClientException({ message: 'Role is not valid', $metadata: {} }));
    await expect(containers.define(definition)).rejects.toThrow('Role is not valid');
  });

  test('that is forgotten is deregistered and deleted, also when an earlier try came half way', async () => {
    const family = containers.nameOf(definition);
    const revision = (n: number) => `arn:aws:ecs:eu-central-1:123456789012:task-definition/${family}:${n}`;
    aws.on(ListTaskDefinitionsCommand, { familyPrefix: family }).resolves({ taskDefinitionArns: [revision(2)] });
    aws
      .on(ListTaskDefinitionsCommand, { familyPrefix: family, status: 'INACTIVE' })
      .resolves({ taskDefinitionArns: [revision(1), revision(2)] });
    aws.on(DeregisterTaskDefinitionCommand).resolves({});
    aws.on(DeleteTaskDefinitionsCommand).resolves({});
    await containers.forget(family);
    const deregistered = aws.commandCalls(DeregisterTaskDefinitionCommand).map(({ args: [{ input }] }) => input);
    expect(deregistered).toEqual([{ taskDefinition: revision(2) }]);
    const deleted = aws.commandCalls(DeleteTaskDefinitionsCommand).map(({ args: [{ input }] }) => input);
    expect(deleted).toEqual([{ taskDefinitions: [revision(2), revision(1)] }]);
  });

  test('that is unknown is forgotten already', async () => {
    aws.on(ListTaskDefinitionsCommand).resolves({ taskDefinitionArns: [] });
    await containers.forget('gofer-0123');
    expect(aws.commandCalls(DeleteTaskDefinitionsCommand)).toEqual([]);
  });
});

describe('a listing', () => {
  test('of a run holds its containers, running and stopped, and no others', async () => {
    cluster(
      [taskOf('a', {}), taskOf('b', { group: 'u1_77/build/1' }), taskOf('c', { group: 'service:web' })],
      [taskOf('d', { group: 'u1_7/test/2', lastStatus: 'STOPPED' })],
    );
    expect((await containers.list('u1_7')).map(({ arn }) => arn)).toEqual([arnOf('a'), arnOf('d')]);
  });

  test('tells what ECS knows, times as epoch milliseconds', async () => {
    const stopped = taskOf('d', {
      lastStatus: 'STOPPED',
      startedAt: new Date(2000),
      stoppedAt: new Date(3000),
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'task', exitCode: 0 }],
    });
    cluster([], [stopped]);
    expect(await containers.list('u1_7')).toEqual([
      {
        arn: arnOf('d'),
        group: 'u1_7/build/1',
        lastStatus: 'STOPPED',
        createdAt: 1000,
        startedAt: 2000,
        stoppedAt: 3000,
        exitCode: 0,
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
      },
    ]);
  });

  test('names a container once that stopped while it was taken', async () => {
    cluster([taskOf('a', { lastStatus: 'STOPPED' })], [taskOf('a', { lastStatus: 'STOPPED' })]);
    expect(await containers.list('u1_7')).toMatchObject([{ lastStatus: 'STOPPED' }]);
  });

  test('of all holds every run, and as living one that is stopping, which ECS lists as to be stopped', async () => {
    cluster(
      [taskOf('a', { lastStatus: 'PROVISIONING' })],
      [taskOf('b', { group: 'u2_1/test/1', lastStatus: 'STOPPING' }), taskOf('c', { lastStatus: 'STOPPED' })],
    );
    expect((await containers.listAll()).map(({ arn, lastStatus }) => [arn, lastStatus])).toEqual([
      [arnOf('a'), 'PROVISIONING'],
      [arnOf('b'), 'DEPROVISIONING'],
      [arnOf('c'), 'STOPPED'],
    ]);
  });

  test('asks no more about what has stopped', async () => {
    cluster([taskOf('a', {})], [taskOf('b', { lastStatus: 'STOPPED' })]);
    await containers.listAll();
    expect((await containers.listAll()).map(({ arn }) => arn).toSorted()).toEqual([arnOf('a'), arnOf('b')]);
    const asked = aws.commandCalls(DescribeTasksCommand).map(({ args: [{ input }] }) => input.tasks);
    expect(asked).toEqual([[arnOf('a'), arnOf('b')], [arnOf('a')]]);
  });

  test('is shared by those who ask while one is taken, and begins after they asked', async () => {
    cluster([taskOf('a', {})]);
    await Promise.all(['u1_7', 'u1_8', 'u1_9', 'u1_10'].map((run) => containers.list(run)));
    expect(aws.commandCalls(ListTasksCommand, { desiredStatus: 'RUNNING' })).toHaveLength(2);
  });

  test('goes on over pages and describes at most 100 tasks a call', async () => {
    const many = Array.from({ length: 150 }, (_, i) => taskOf(`t${i}`, {}));
    cluster(many);
    const arns = many.flatMap(({ taskArn }) => taskArn ?? []);
    aws
      .on(ListTasksCommand, { desiredStatus: 'RUNNING' })
      .resolves({ taskArns: arns.slice(0, 100), nextToken: 'more' });
    aws.on(ListTasksCommand, { desiredStatus: 'RUNNING', nextToken: 'more' }).resolves({ taskArns: arns.slice(100) });
    expect(await containers.list('u1_7')).toHaveLength(150);
    const sizes = aws.commandCalls(DescribeTasksCommand).map(({ args: [{ input }] }) => input.tasks?.length);
    expect(sizes).toEqual([100, 50]);
  });
});

describe('stopping a container', () => {
  test('asks ECS, with the reason', async () => {
    aws.on(StopTaskCommand).resolves({});
    await containers.stop(arnOf('a'), 'the run was cancelled');
    expect(aws.calls().map(({ args: [command] }) => command.input)).toEqual([
      { cluster: clusterArn, task: arnOf('a'), reason: 'the run was cancelled' },
    ]);
  });

  test('that ECS no longer knows is done already', async () => {
    const gone = new InvalidParameterException({ message: 'The referenced task was not found.', $metadata: {} });
    aws.on(StopTaskCommand).rejects(gone);
    await expect(containers.stop(arnOf('a'), 'late')).resolves.toBeUndefined();
  });

  test('fails for any other reason', async () => {
    aws.on(StopTaskCommand).rejects(new InvalidParameterException({ message: 'Invalid cluster', $metadata: {} }));
    await expect(containers.stop(arnOf('a'), 'late')).rejects.toThrow('Invalid cluster');
  });
});
