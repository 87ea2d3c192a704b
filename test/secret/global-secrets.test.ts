/** Global secrets through the API: who may use them, and who may see and change them. */
import { beforeEach, describe, expect, test } from 'vitest';
import { startGuarded } from '../access/world.ts';
import type { Send } from '../api/client.ts';

const path = '/api/secrets/global';
const everything = ['read', 'write', 'delete'] as const;

let world: Awaited<ReturnType<typeof startGuarded>>;
let admin: Send;

beforeEach(async () => {
  world = await startGuarded();
  admin = world.admin;
  await world.namespaceWith('team-red', 'build');
  await world.namespaceWith('blue', 'build');
});

const put = (key: string, namespaces: readonly string[], send = admin) =>
  send(`POST ${path}`, { body: { key, content: 'the value', namespaces, force: false } });

test('one is stored with its namespaces, listed, read back and deleted', async () => {
  const metadata = { key: 'pass', namespaces: ['^team-'], created: expect.any(Number) };
  expect(await put('pass', ['^team-'])).toMatchObject({ status: 201, json: { secret: metadata } });
  expect((await admin(`GET ${path}`)).json).toEqual({ secrets: [metadata] });
  expect((await admin(`GET ${path}/pass?include_secret=true`)).json).toEqual({ metadata, secret: 'the value' });
  expect((await admin(`DELETE ${path}/pass`)).status).toBe(204);
  expect((await admin(`GET ${path}/pass`)).status).toBe(404);
});

test.each([
  ['no namespaces', [], 'namespaces is empty'],
  ['an expression that can’t be read', ['team-('], 'team-('],
  ['an expression that only backtracking matches', ['(a)\\1'], 'pattern'],
])('is refused with %s', async (_, namespaces, why) => {
  expect(await put('pass', namespaces)).toMatchObject({ status: 400, json: { message: expect.stringContaining(why) } });
  expect(world.home.secrets.values.size).toBe(0);
});

describe('is seen', () => {
  const readerOf = (namespace: string) =>
    world.withPermissions({
      resources: [`namespaces:^${namespace}$`, 'pipelines', 'secrets'],
      actions: [...everything],
    });

  beforeEach(async () => {
    await put('pass', ['^team-']);
  });

  test('by those who may read secrets of a namespace that may use it, without its value', async () => {
    const red = await readerOf('team-red');
    expect((await red(`GET ${path}`)).json).toMatchObject({ secrets: [{ key: 'pass' }] });
    expect((await red(`GET ${path}/pass`)).status).toBe(200);
    expect(await red(`GET ${path}/pass?include_secret=true`)).toMatchObject({
      status: 401,
      json: { error_code: 'forbidden' },
    });
  });

  test('by nobody else: it answers as if it did not exist', async () => {
    const blue = await readerOf('blue');
    expect((await blue(`GET ${path}`)).json).toEqual({ secrets: [] });
    const hidden = await blue(`GET ${path}/pass`);
    const absent = await blue(`GET ${path}/nothing`);
    expect([hidden.status, absent.status]).toEqual([404, 404]);
    expect(String(hidden.json['message']).replace('pass', 'nothing')).toBe(absent.json['message']);
  });

  test('and changed by administrators alone', async () => {
    const red = await readerOf('team-red');
    expect(await put('other', ['^team-'], red)).toMatchObject({ status: 401, json: { error_code: 'forbidden' } });
    expect((await red(`DELETE ${path}/pass`)).status).toBe(401);
    expect(world.home.secrets.values.size).toBe(1);
  });
});

test('the value of a pipeline’s secret is read back by administrators alone', async () => {
  const secrets = '/api/namespaces/blue/pipelines/build/secrets';
  const user = await world.withPermissions({
    resources: ['namespaces', 'pipelines', 'secrets'],
    actions: [...everything],
  });
  expect((await user(`POST ${secrets}`, { body: { key: 'pass', content: 'x', force: false } })).status).toBe(201);
  expect((await user(`GET ${secrets}/pass?include_secret=false`)).status).toBe(200);
  expect((await user(`GET ${secrets}/pass?include_secret=true`)).status).toBe(401);
  expect((await admin(`GET ${secrets}/pass?include_secret=true`)).json).toMatchObject({ secret: 'x' });
});

test('deleting one names the live versions that use it, in the namespaces that may', async () => {
  await put('pass', ['^team-']);
  for (const namespace of ['team-red', 'blue']) {
    const pipeline = `/api/namespaces/${namespace}/pipelines/build`;
    const task = { id: 'compile', image: 'busybox', variables: { PASS: 'global_secret{{pass}}' } };
    await admin(`POST ${pipeline}/configs`, { body: { config: { id: 'build', tasks: [task] } } });
    await admin(`POST ${pipeline}/configs/2`);
  }
  const { headers } = await admin(`DELETE ${path}/pass`);
  expect(headers['warning']).toContain("task 'compile' of pipeline 'team-red/build'");
  expect(headers['warning']).not.toContain('blue');
});
