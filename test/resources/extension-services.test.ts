import { beforeEach, expect, test } from 'vitest';
import { byPart, createCustomResourceHandler } from '../../lambdas/resources/custom-resource.ts';
import { createExtensionServicesResource } from '../../lambdas/resources/extension-services.ts';
import type { ResourceAnswer } from '../../lambdas/resources/request.ts';
import type { Leftover } from '../../lib/ports/leftovers.ts';
import { systemKey } from '../../lib/store/items/system.ts';
import { createMemoryHome, type MemoryHome } from '../memory-home.ts';

let home: MemoryHome;
let running: string[];
let waited: number[];
let answers: ResourceAnswer[];
/** Ids of services that somebody makes while nobody looks. */
let late: string[];

beforeEach(() => {
  home = createMemoryHome();
  running = ['hooks', 'cron'];
  waited = [];
  answers = [];
  late = [];
});

async function* services(): AsyncGenerator<Leftover, void> {
  for (const id of [...running]) {
    const remove = async () => {
      running = running.filter((each) => each !== id);
      home.pass(30);
    };
    yield { kind: 'extensions', count: 1, remove };
  }
}

async function send(RequestType: 'Create' | 'Update' | 'Delete', seconds = 900, more: object = { Part: 'extensions' }) {
  const pause = async (milliseconds: number) => {
    waited.push(milliseconds);
    running.push(...late.splice(0));
  };
  const whole = { physicalId: () => 'whole', carryOut: async () => 'the whole installation' };
  const resource = byPart(whole, { extensions: createExtensionServicesResource(home, services, { pause }) });
  const handler = createCustomResourceHandler(home, resource, async (_, answer) => void answers.push(answer));
  const request = {
    RequestType,
    RequestId: `${RequestType}-1`,
    StackId: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/Gofer/1b2c',
    LogicalResourceId: 'ExtensionServices',
    PhysicalResourceId: 'gofer-extension-services',
    ResponseURL: 'https://cloudformation.example/answer',
    ResourceProperties: more,
  };
  await handler(request, { getRemainingTimeInMillis: () => seconds * 1000 });
}

test('while the stack has extensions nothing happens to their services', async () => {
  await send('Create');
  await send('Update');
  expect([running, answers.map(({ Status }) => Status)]).toEqual([
    ['hooks', 'cron'],
    ['SUCCESS', 'SUCCESS'],
  ]);
});

test('without them all go, those too that were made until a moment ago', async () => {
  late = ['mail'];
  await send('Delete');
  expect([running, waited]).toEqual([[], [60_000]]);
  expect(answers).toMatchObject([{ Status: 'SUCCESS', Reason: expect.stringContaining('removed: 3 services') }]);
});

test('at the end of the whole installation nobody waits: it has waited before', async () => {
  await home.table.put({ ...systemKey, uninstalling: home.now() });
  await send('Delete');
  expect([running, waited]).toEqual([[], []]);
});

test('what one invocation can’t do the next one takes up', async () => {
  await expect(send('Delete', 1)).rejects.toThrow('goes on in the next invocation');
  expect([running.length, answers]).toEqual([2, []]);
  await send('Delete');
  expect([running, answers.length]).toEqual([[], 1]);
});

test('a request that names no part is for the whole', async () => {
  await send('Delete', 900, {});
  expect([running.length, answers]).toMatchObject([2, [{ PhysicalResourceId: 'whole' }]]);
});
