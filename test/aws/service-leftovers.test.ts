import {
  DeleteServiceCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  ServiceNotFoundException,
} from '@aws-sdk/client-ecs';
import { beforeEach, expect, test } from 'vitest';
import { servicesLeft } from '../../lib/aws/service-leftovers.ts';
import { account, clusterArn, createMemoryEcs, type MemoryEcs } from './extensions/memory-ecs.ts';

let ecs: MemoryEcs;
let waited: number[];
const active = { status: 'ACTIVE', taskDefinition: 'x', desiredCount: 1, networkConfiguration: {} } as const;

/** Each wait is one step towards the end of what is being stopped, `STOPPED` being the last. */
const statuses = ['RUNNING', 'DEACTIVATING', 'STOPPED'];
const pause = async (milliseconds: number) => {
  waited.push(milliseconds);
  for (const task of ecs.tasks)
    if (ecs.services.get(task.service)?.status === 'DRAINING')
      task.lastStatus = statuses[statuses.indexOf(task.lastStatus ?? '') + 1] ?? 'STOPPED';
};

beforeEach(() => {
  ecs = createMemoryEcs();
  waited = [];
  for (const id of ['hooks', 'cron', 'mail']) {
    const service = `gofer-extension-${id}`;
    ecs.services.set(service, { ...active });
    const taskArn = `${account}:task/gofer/${id}`;
    ecs.tasks.push({ taskArn, service, desiredStatus: 'RUNNING', lastStatus: 'RUNNING' });
  }
  ecs.services.set('theirs', { ...active });
});

async function removeAll(): Promise<string[]> {
  const removed: string[] = [];
  // As the uninstall does: a list may pass over something while it is being emptied.
  for (let found = true; found; ) {
    found = false;
    for await (const { kind, count, remove } of servicesLeft(ecs.client, clusterArn, pause)) {
      await remove();
      removed.push(`${count} ${kind}`);
      found = true;
    }
  }
  return removed;
}

test('services of extensions go, whoever else has services in the cluster keeps them', async () => {
  expect(await removeAll()).toEqual(Array(3).fill('1 extensions'));
  expect([...ecs.services].filter(([, { status }]) => status === 'ACTIVE').map(([name]) => name)).toEqual(['theirs']);
  for (const { args } of ecs.aws.commandCalls(DeleteServiceCommand)) expect(args[0].input.force).toBe(true);
});

test('a service is gone when its containers have stopped', async () => {
  await removeAll();
  expect(ecs.tasks.map(({ lastStatus }) => lastStatus)).toEqual(Array(3).fill('STOPPED'));
  expect(waited).toEqual(Array(6).fill(2000));
});

test('one that has no container is gone at once', async () => {
  ecs.tasks.length = 0;
  await removeAll();
  expect(waited).toEqual([]);
  expect(ecs.aws.commandCalls(DescribeTasksCommand)).toEqual([]);
});

test('one that somebody else has removed meanwhile is removed already', async () => {
  for await (const { remove } of servicesLeft(ecs.client, clusterArn, pause)) {
    ecs.aws
      .on(ListTasksCommand)
      .rejects(new ServiceNotFoundException({ message: 'Service not found.', $metadata: {} }));
    await remove();
    break;
  }
  expect(waited).toEqual([]);
});

test('containers that don’t stop are told of by their service', async () => {
  ecs.aws.on(DeleteServiceCommand).resolves({});
  await expect(removeAll()).rejects.toThrow(/gofer-extension-hooks has containers that have not stopped within 120 s/);
});
