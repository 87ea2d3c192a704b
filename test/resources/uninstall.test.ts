import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createCustomResourceHandler } from '../../lambdas/resources/custom-resource.ts';
import type { ResourceAnswer, ResourceRequest } from '../../lambdas/resources/request.ts';
import { createUninstallResource } from '../../lambdas/resources/uninstall.ts';
import type { Container } from '../../lib/ports/containers.ts';
import type { Leftovers } from '../../lib/ports/leftovers.ts';
import { type SystemItem, systemKey } from '../../lib/store/items/system.ts';
import { createMemoryHome, type MemoryHome } from '../memory-home.ts';

let home: MemoryHome;
let alive: Container[];
let machines: number;
let buckets: readonly string[];
let answers: ResourceAnswer[];

beforeEach(() => {
  const memory = createMemoryHome();
  alive = [];
  machines = 3;
  answers = [];
  home = { ...memory, containers: { ...memory.containers, listAll: async () => alive } };
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
});

const leftovers: Leftovers = {
  async *list() {
    while (machines) yield { kind: 'state machines', count: 1, remove: async () => void machines-- };
  },
};

function send(RequestType: 'Create' | 'Delete', milliseconds = 900_000): Promise<void> {
  const resource = createUninstallResource(
    home,
    (named) => {
      buckets = named;
      return leftovers;
    },
    { pause: async (wait) => home.pass(wait / 1000) },
  );
  const handler = createCustomResourceHandler(home, resource, async (_, answer) => void answers.push(answer));
  const request: ResourceRequest = {
    RequestType,
    RequestId: RequestType,
    StackId: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/Gofer/1b2c',
    LogicalResourceId: 'GoferUninstall',
    PhysicalResourceId: 'gofer-uninstall',
    ResponseURL: 'https://cloudformation.example/answer',
    ResourceProperties: { Retained: ['table Gofer-Table'], Buckets: ['https://s3.example/objects'] },
  };
  return handler(request, { getRemainingTimeInMillis: () => milliseconds });
}

describe('the uninstall', () => {
  test('does nothing while the stack is there', async () => {
    await send('Create');
    expect(answers).toEqual([{ Status: 'SUCCESS', PhysicalResourceId: 'gofer-uninstall' }]);
    expect(machines).toBe(3);
    expect(((await home.table.get(systemKey)) as SystemItem | undefined)?.uninstalling).toBeUndefined();
  });

  test('tells what it has removed and what remains', async () => {
    await send('Delete');
    expect(answers).toEqual([
      {
        Status: 'SUCCESS',
        PhysicalResourceId: 'gofer-uninstall',
        Reason: 'removed: 3 state machines; what remains: table Gofer-Table',
      },
    ]);
    expect(buckets).toEqual(['https://s3.example/objects']);
  });

  test('that runs out of time leaves CloudFormation waiting, and the next invocation ends it', async () => {
    alive = [{ arn: 'arn:task/1', group: 'g', lastStatus: 'RUNNING', createdAt: 0 }];
    await expect(send('Delete', 60_000)).rejects.toThrow('this goes on in the next invocation');
    expect(answers).toEqual([]);
    alive = [];
    await send('Delete');
    expect(answers).toMatchObject([{ Status: 'SUCCESS' }]);
    expect(machines).toBe(0);
  });
});
