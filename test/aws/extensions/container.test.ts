import { ListTasksCommand, ServiceNotFoundException, type Task } from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, test } from 'vitest';
import { extensionDefinition } from '../../../lib/aws/extensions/definition.ts';
import { createExtensionServices } from '../../../lib/aws/extensions/services.ts';
import { settings, work } from './hooks.ts';
import { account, createMemoryEcs, type MemoryEcs } from './memory-ecs.ts';

const service = 'gofer-extension-hooks';
const changed = { ...work, image: 'hooks:2' };

let ecs: MemoryEcs;
let services: ReturnType<typeof createExtensionServices>;
beforeEach(() => {
  ecs = createMemoryEcs();
  services = createExtensionServices(ecs.client, settings);
});

describe('the container of an extension', () => {
  const taskDefinitionArn = `${account}:task-definition/${extensionDefinition(work, settings).family}:1`;
  let count = 0;
  const add = (
    desiredStatus: 'RUNNING' | 'STOPPED',
    lastStatus: string,
    more: Omit<Partial<Task>, 'desiredStatus'> = {},
  ) => {
    const taskArn = `${account}:task/gofer/${++count}`;
    ecs.tasks.push({
      taskArn,
      taskDefinitionArn,
      service,
      desiredStatus,
      lastStatus,
      createdAt: new Date(count),
      ...more,
    });
    return taskArn;
  };
  const at = (privateIpv4Address: string) => ({ containers: [{ networkInterfaces: [{ privateIpv4Address }] }] });

  test('is none before there was one', async () => {
    expect(await services.container(work)).toBeUndefined();
  });

  test('is none where the service is gone', async () => {
    ecs.aws
      .on(ListTasksCommand)
      .rejects(new ServiceNotFoundException({ message: 'Service not found.', $metadata: {} }));
    expect(await services.container(work)).toBeUndefined();
  });

  test.each(['PROVISIONING', 'PENDING', 'ACTIVATING'])('is coming while ECS says %s', async (status) => {
    const arn = add('RUNNING', status, at('10.0.0.7'));
    expect(await services.container(work)).toEqual({ arn, state: 'coming', url: '' });
  });

  test('is still coming as long as it has no address', async () => {
    const arn = add('RUNNING', 'RUNNING', { containers: [{}] });
    expect(await services.container(work)).toEqual({ arn, state: 'coming', url: '' });
  });

  test('runs at the address that it has in its subnet', async () => {
    const arn = add('RUNNING', 'RUNNING', at('10.0.0.7'));
    expect(await services.container(work)).toEqual({ arn, state: 'running', url: 'http://10.0.0.7:8082' });
  });

  test('is the newest, and one that is to run before those that are over', async () => {
    add('RUNNING', 'RUNNING', at('10.0.0.7'));
    const arn = add('RUNNING', 'PENDING');
    add('STOPPED', 'STOPPED');
    expect(await services.container(work)).toMatchObject({ arn, state: 'coming' });
  });

  test('that still answers while it is being stopped counts as stopped', async () => {
    const arn = add('STOPPED', 'RUNNING', at('10.0.0.7'));
    expect(await services.container(work)).toMatchObject({ arn, state: 'stopped', url: '' });
  });

  test('is none of those that ran what the service was before', async () => {
    add('STOPPED', 'STOPPED');
    add('RUNNING', 'RUNNING', at('10.0.0.7'));
    expect(await services.container(changed)).toBeUndefined();
  });

  test.each<[Omit<Partial<Task>, 'desiredStatus'>, string]>([
    [
      { containers: [{ exitCode: 3 }], stoppedReason: 'Essential container in task exited' },
      'it ended with exit code 3',
    ],
    [
      { containers: [{ exitCode: 137, reason: 'OutOfMemoryError' }] },
      'it took more than the 512 MiB that an extension has',
    ],
    [
      { containers: [{ reason: 'CannotPullContainerError: no such image' }] },
      'CannotPullContainerError: no such image',
    ],
    [{ containers: [{}], stoppedReason: 'Timeout waiting for network interface' }, 'Timeout waiting for network'],
    [{}, 'no reason is known'],
  ])('that has stopped says why: %j', async (ended, reason) => {
    const arn = add('STOPPED', 'STOPPED', ended);
    expect(await services.container(work)).toMatchObject({ arn, state: 'stopped', url: '' });
    expect((await services.container(work))?.reason).toContain(reason);
  });
});
