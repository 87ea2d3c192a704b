/** What the code of each function calls, its role allows: in the life of a run, and in whatever else the function is for. */
import { describe, expect, test, vi } from 'vitest';
import { createStreamHandler } from '../../lambdas/api/stream.ts';
import { createExpiryHandler } from '../../lambdas/events/expiry.ts';
import { createExtensionsHandler } from '../../lambdas/events/extensions.ts';
import { createScheduleHandler } from '../../lambdas/events/schedule.ts';
import { createSweepHandler } from '../../lambdas/events/sweep.ts';
import { createCustomResourceHandler } from '../../lambdas/resources/custom-resource.ts';
import { createUninstallResource } from '../../lambdas/resources/uninstall.ts';
import { createAuthenticate } from '../../lib/access/caller.ts';
import { createToken } from '../../lib/access/tokens.ts';
import { deploy } from '../../lib/deployment/deploy.ts';
import { getExtension } from '../../lib/extension/extensions.ts';
import { ensureDefaultNamespace } from '../../lib/namespace/namespaces.ts';
import { extensionObjects } from '../../lib/object/place.ts';
import { putObject } from '../../lib/object/put.ts';
import { listObjects } from '../../lib/object/read.ts';
import { getPipeline } from '../../lib/pipeline/pipelines.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import { listRuns } from '../../lib/run/runs.ts';
import { startRun } from '../../lib/run/start.ts';
import { apiTokenName } from '../../lib/secret/name.ts';
import { putPipelineSecret } from '../../lib/secret/pipeline-secrets.ts';
import { extensionKey } from '../../lib/store/items/extension.ts';
import { proxyEvent, startApi } from '../api/client.ts';
import { begin, ResponseStream } from '../api/response-stream.ts';
import { configOf, createMemoryHome, type MemoryHome } from '../memory-home.ts';
import { chunks, large, put, read, register, runsUpTo } from '../object/world.ts';
import { requestOf, send } from '../resources/cloud-formation.ts';
import { createAccount } from './account.ts';
import { bounded, type FunctionName } from './bounded.ts';
import { createExtensionAccount } from './extension-account.ts';
import { lifeOf } from './life.ts';
import { executionStatusChange } from './recorded.ts';

const build = { namespace: 'default', pipeline: 'build' };
const initiator = { id: 'me', user: 'me' };
const day = 86_400;
/** Of all that there is: a token for its containers, a schedule, a secret. */
const config = configOf('build', 'busybox', {
  schedule: '0 3 * * *',
  tasks: [{ id: 'only', image: 'busybox', inject_api_token: true, variables: { PASS: 'pipeline_secret{{ pass }}' } }],
});
const token = apiTokenName(build);

async function onAws(): Promise<MemoryHome> {
  const home = createMemoryHome({ settings: { kind: 'aws' } });
  await ensureDefaultNamespace(home);
  return home;
}

async function deployed(): Promise<MemoryHome> {
  const home = await onAws();
  await registerConfig(home, { ...build, config });
  await deploy(home, { ...build, version: 1 });
  return home;
}

const quarter = { getRemainingTimeInMillis: () => 900_000 };

describe('in the life of a run', () => {
  async function live(events: boolean) {
    const refused: string[][] = [];
    const account = await createAccount((to, home) => {
      const within = bounded(to.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`) as FunctionName, home);
      refused.push(within.refused);
      return within.home;
    });
    for (const { make } of lifeOf(account)) {
      const delivery = make();
      if (events || delivery.to !== 'taskStateChange') await account.deliver(delivery);
    }
    await account.deliver({ to: 'executionStatusChange', event: executionStatusChange(account.run, 'FAILED') });
    await account.sweep();
    const { run } = await account.state();
    return { status: run.status, refused: refused.flat() };
  }

  test('of which every event comes', async () => {
    expect(await live(true)).toEqual({ status: 'successful', refused: [] });
  });

  test('of which no event comes, so that the sweep does all of it', async () => {
    expect(await live(false)).toMatchObject({ refused: [] });
  });
});

test('the API registers, deploys, starts and takes away', async () => {
  const memory = await onAws();
  const { home, refused } = bounded('api', memory);
  const ask = await startApi(home);
  const at = '/api/namespaces/default/pipelines/build';
  const runs = `${at}/runs`;
  for (const [line, body] of [
    [`POST ${at}/configs`, { config }],
    [`POST ${at}/secrets`, { key: 'pass', content: 'canary', force: false }],
    [`POST ${at}/configs/1`, undefined],
    [`POST ${runs}`, { variables: {} }],
    [`GET ${runs}/1/tasks/only/logs`, undefined],
    [`DELETE ${runs}/1`, undefined],
    [`POST ${at}/configs`, { config: configOf('build', 'other') }],
    [`POST ${at}/configs/2`, undefined],
    [`DELETE ${at}/configs/1`, undefined],
    [`DELETE ${at}/secrets/pass`, undefined],
    [`DELETE ${at}`, undefined],
  ] as const) {
    const { status, json } = await ask(line, { ...(body && { body }) });
    expect([line, status < 300, json]).toEqual([line, true, json]);
  }
  await register(home);
  await put(home, 'blob', large('p'));
  expect(await read(home, 'blob')).toBe(large('p'));
  expect(refused).toEqual([]);
});

test('the function of a stack’s pipelines makes their tokens, sets their schedules, and lets go of them', async () => {
  const memory = await onAws();
  const { home, refused } = bounded('pipeline-resource', memory);
  for (const request of [
    requestOf({ config }),
    requestOf({ type: 'Update', config: configOf('build', 'other', { schedule: '@daily' }) }),
    requestOf({ type: 'Delete', config }),
  ])
    expect(await send(home, request)).toMatchObject({ Status: 'SUCCESS' });
  expect([refused, memory.secrets.values.has(token)]).toEqual([[], true]);
});

test('the sweep finishes a deployment whose process died, token, schedule and all', async () => {
  const memory = await onAws();
  await registerConfig(memory, { ...build, config });
  await new Promise<void>((dead) => {
    const put = () => {
      dead();
      return new Promise<never>(() => {});
    };
    void deploy({ ...memory, secrets: { ...memory.secrets, put } }, { ...build, version: 1 });
  });
  memory.pass(day);
  const { home, refused } = bounded('sweep', memory);
  await createSweepHandler(home)();
  expect(refused).toEqual([]);
  expect((await getPipeline(memory, 'default', 'build')).live).toBe(1);
  expect([memory.secrets.values.has(token), memory.scheduled.size]).toEqual([true, 1]);
});

test('a schedule starts its run', async () => {
  const memory = await deployed();
  const { home, refused } = bounded('schedule', memory);
  const time = new Date(Math.floor(memory.now() / day / 1000) * day * 1000 + 3 * 3_600_000).toISOString();
  await createScheduleHandler(home, () => {})({ v: 1, ...build, cron: '0 3 * * *', time });
  expect(refused).toEqual([]);
  expect(await listRuns(memory, 'default', 'build', {})).toHaveLength(1);
});

test('expiry removes contents and tokens, and renews those of pipelines', async () => {
  const memory = await deployed();
  const { uid } = await getPipeline(memory, 'default', 'build');
  await createToken(memory, { user: 'ann', roles: [], expires: 60 });
  await runsUpTo(memory, uid, 1, [1]);
  await put(memory, 'blob', large('p'), { number: 1 });
  await runsUpTo(memory, uid, 4);
  const before = memory.secrets.values.get(token);
  const { home, refused } = bounded('expiry', memory);
  for (let i = 0; i < 2; i++) {
    memory.pass(day);
    await createExpiryHandler(home)();
  }
  expect(refused).toEqual([]);
  expect(memory.objects.stored.size).toBe(0);
  expect(memory.secrets.values.get(token)).not.toBe(before);
});

test('streams answer those whose token was never seen before, without the secrets of the pipeline', async () => {
  const memory = await deployed();
  await putPipelineSecret(memory, { ...build, key: 'pass', content: 'canary', force: false });
  await startRun(memory, { ...build, variables: {}, initiator });
  const { secret } = await createToken(memory, { user: 'ann', roles: ['admin'] });
  const seen = { arn: 'arn:hooks', state: 'exited', url: '', since: 1, started: 1 };
  const settings = { key: 'global_secret{{ slack }}' };
  await memory.table.put({ ...extensionKey('hooks'), id: 'hooks', settings, token: 't', kept: new Set(['t']), seen });
  const { home, refused } = bounded('stream', memory, createExtensionAccount());
  const headers = { authorization: `Bearer ${secret}` };
  const task = '/api/namespaces/default/pipelines/build/runs/1/tasks/only/logs';
  for (const path of ['/api/events', task, '/api/extensions/hooks/logs']) {
    const response = new ResponseStream();
    const handler = createStreamHandler(home, { begin, authenticate: createAuthenticate(home) });
    await handler(proxyEvent('GET', path, { headers }), response, quarter);
    expect(response.answer.head.statusCode).toBe(200);
  }
  expect(refused).toEqual([]);
  expect(await memory.table.query('TOKENS')).toMatchObject([{ last_used: expect.any(Number) }]);
});

describe('extensions', () => {
  const registry_auth = { user: 'bot', pass: 'canary' };
  const hooks = { id: 'hooks', image: 'private/hooks:1', settings: {}, additional_roles: ['admin'], registry_auth };

  async function world() {
    const memory = await onAws();
    const account = createExtensionAccount();
    const apiBaseUrl = async () => 'https://api.example/prod';
    const home = { ...memory, apiBaseUrl };
    const api = bounded('api', home, account);
    const tending = bounded('extensions', home, account);
    const pause = async () => undefined;
    const look = () => createExtensionsHandler(tending.home, tending.tender, { pause })({}, quarter);
    const send = await startApi(api.home);
    const ask = async (line: string, body?: unknown) => {
      const { status, json } = await send(line, { ...(body !== undefined && { body }) });
      expect([line, status < 300, json]).toEqual([line, true, json]);
      return json;
    };
    const refused = () => [...api.refused, ...tending.refused];
    const tokens = () => [...memory.secrets.values.keys()].filter((each) => each.startsWith('_extension/'));
    return { memory, account, look, ask, refused, tokens };
  }

  test('are installed, subscribed to, told of events, switched and uninstalled', async () => {
    const { account, look, ask, refused, tokens } = await world();
    await ask('POST /api/extensions', hooks);
    await look();
    expect(await ask('GET /api/extensions/hooks')).toMatchObject({ extension: { state: 'running' } });
    await ask('POST /api/namespaces/default/pipelines/build/configs', { config: configOf('build') });
    const subscriptions = '/api/namespaces/default/pipelines/build/subscriptions';
    await ask(`POST ${subscriptions}`, { extension_id: 'hooks', subscription_id: 'push', settings: {} });
    await ask('GET /api/extensions/hooks/debug');
    await ask('POST /api/external/hooks', { ref: 'main' });
    await ask(`DELETE ${subscriptions}/hooks/push`);
    for (const enable of [false, true]) {
      await ask('PATCH /api/extensions/hooks', { enable });
      await look();
    }
    expect([[...account.running.keys()], tokens().length]).toEqual([['hooks'], 2]);
    await ask('DELETE /api/extensions/hooks');
    await look();
    expect([account.running.size, tokens(), refused()]).toEqual([0, [], []]);
    for (const each of ['GET info', 'POST subscribe', 'POST external-event', 'DELETE subscribe', 'POST shutdown'])
      expect(account.asked).toContain(each);
  });

  test('whose uninstalling or starting died are looked after by their function', async () => {
    const { memory, account, look, ask, refused, tokens } = await world();
    await ask('POST /api/extensions', hooks);
    await look();
    await memory.table.update(extensionKey('hooks'), { remove: ['token'] });
    await look();
    expect(await ask('GET /api/extensions/hooks')).toMatchObject({ extension: { state: 'running' } });
    const place = extensionObjects(await getExtension(memory, 'hooks'));
    await putObject(memory, place, 'blob', { force: false, bytes: chunks(large('e')) });
    await memory.table.update(extensionKey('hooks'), { set: { uninstalled: memory.now() } });
    await look();
    await look();
    expect([account.running.size, tokens(), refused()]).toEqual([0, [], []]);
    expect(await listObjects(memory, place)).toEqual([]);
  });
});

test('the uninstall cancels what runs', async () => {
  const said = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const memory = await deployed();
  await startRun(memory, { ...build, variables: {}, initiator });
  const { home, refused } = bounded('uninstall', memory);
  const leftovers = { async *list() {} };
  const resource = createUninstallResource(home, () => leftovers, { pause: async (wait) => memory.pass(wait / 1000) });
  const { ResourceProperties, ...request } = requestOf({ type: 'Delete', config });
  const told: unknown[] = [];
  const handler = createCustomResourceHandler(home, resource, async (_, answer) => void told.push(answer));
  await handler({ ...request, ResourceProperties: { Retained: [], Buckets: [] } }, quarter);
  expect(refused).toEqual([]);
  expect(told).toMatchObject([{ Status: 'SUCCESS' }]);
  said.mockRestore();
});

test('what a role does not allow is refused', async () => {
  const memory = await deployed();
  const { home, refused } = bounded('stream', memory);
  await expect(home.table.update({ pk: 'TOKENS', sk: 'x' }, { set: { roles: ['admin'] } })).rejects.toThrow('Access');
  await expect(home.table.update({ pk: 'OTHERS', sk: 'x' }, { set: { last_used: 1 } })).rejects.toThrow('Access');
  expect(() => bounded('expiry', memory).home.secrets.remove('default/build/pass/value')).toThrow('DeleteSecret');
  expect(() => bounded('next', memory).home.secrets.get(token)).toThrow('without the part');
  expect(refused).toEqual(['stream: dynamodb:UpdateItem', 'stream: dynamodb:UpdateItem']);
  const { tender } = bounded('stream', memory, createExtensionAccount());
  const health = { method: 'GET', url: 'http://10.0.0.7:8082/api/health', headers: {} };
  await expect(tender.exchange(health)).rejects.toThrow('lambda:InvokeFunction');
  expect(() => bounded('api', memory, tender).tender.services.remove('hooks')).toThrow('ecs:DescribeServices');
});
