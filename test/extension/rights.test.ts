/** What an extension may do with the token that it is started with. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { createAuthenticate } from '../../lib/access/caller.ts';
import { createToken } from '../../lib/access/tokens.ts';
import { LocalExtensionHost } from '../../lib/local/extensions/host.ts';
import { startApi } from '../api/client.ts';
import { configOf, createMemoryHome } from '../memory-home.ts';
import { createMemoryContainers } from './memory-containers.ts';
import { hooks } from './world.ts';

const pipelines = '/api/namespaces/default/pipelines';
const run = { body: { variables: {} } };
const allowed = (status: number) => status < 400;

async function startWorld(additional_roles: readonly string[] = []) {
  const containers = createMemoryContainers();
  const memory = createMemoryHome();
  const host = new LocalExtensionHost({ containers, now: memory.now, pause: async () => undefined });
  onTestFinished(() => host.close());
  const home = { ...memory, extensions: host };
  const api = await startApi(home, { authenticate: createAuthenticate(home) });
  const as =
    (secret: string): typeof api =>
    (line, sent = {}) =>
      api(line, { ...sent, headers: { ...sent.headers, authorization: `Bearer ${secret}` } });
  const admin = as((await createToken(home, { user: 'ann', roles: ['admin'] })).secret);
  for (const id of ['build', 'other'])
    await admin(`POST ${pipelines}/${id}/configs`, { body: { config: configOf(id) } });
  const installed = await admin('POST /api/extensions', { body: { ...hooks, additional_roles } });
  expect(installed.status).toBe(201);
  const body = { extension_id: 'hooks', subscription_id: 'on-push', settings: { event: 'push' } };
  await admin(`POST ${pipelines}/build/subscriptions`, { body });
  const secret = containers.running.get('hooks')?.variables['GOFER_EXTENSION_SYSTEM_SECRET'] ?? '';
  return { home, api, admin, secret, extension: as(secret) };
}

describe('an extension', () => {
  test('starts runs of the pipelines that subscribe to it, as long as they do', async () => {
    const { admin, extension } = await startWorld();
    expect((await extension(`POST ${pipelines}/build/runs`, run)).status).toBe(201);
    expect(await extension(`POST ${pipelines}/other/runs`, run)).toMatchObject({
      status: 401,
      json: { error_code: 'forbidden' },
    });
    await admin(`DELETE ${pipelines}/build/subscriptions/hooks/on-push`);
    expect((await extension(`POST ${pipelines}/build/runs`, run)).status).toBe(401);
  });

  test('sees what it works with, and nothing else', async () => {
    const { admin, extension } = await startWorld();
    await admin('POST /api/extensions', { body: { ...hooks, id: 'other-hooks' } });
    const ids = async (line: string, noun: string, id: string) =>
      ((await extension(line)).json[noun] as Record<string, unknown>[]).map((each) => each[id]);
    expect(await ids(`GET ${pipelines}`, 'pipelines', 'pipeline_id')).toEqual(['build']);
    expect((await extension('GET /api/extensions')).json['extensions']).toMatchObject([
      { registration: { extension_id: 'hooks' } },
    ]);
    expect(await ids('GET /api/extensions/hooks/subscriptions', 'subscriptions', 'subscription_id')).toEqual([
      'on-push',
    ]);
    for (const line of [
      'GET /api/extensions/other-hooks',
      `GET ${pipelines}/other`,
      `GET ${pipelines}/build/objects`,
      `GET ${pipelines}/build/secrets`,
      `GET ${pipelines}/build/subscriptions`,
      'GET /api/tokens',
      'GET /api/roles',
    ])
      expect([line, (await extension(line)).status]).toEqual([line, 401]);
  });

  test.each([
    ['POST /api/extensions', { ...hooks, id: 'more' }],
    ['PATCH /api/extensions/hooks', { enable: false }],
    ['DELETE /api/extensions/hooks', undefined],
    [`PATCH ${pipelines}/build`, { state: 'disabled' }],
    [`DELETE ${pipelines}/build`, undefined],
    [`POST ${pipelines}/build/subscriptions`, { extension_id: 'hooks', subscription_id: 'two', settings: {} }],
    ['PATCH /api/namespaces/default', { name: 'mine' }],
    ['POST /api/tokens', { user: 'x', roles: ['admin'], metadata: {} }],
    [`DELETE ${pipelines}/build/runs/1`, undefined],
    [`DELETE ${pipelines}/build/runs/1/tasks/only`, undefined],
    [`GET ${pipelines}/build/runs/1/tasks/only/attach?command=sh`, undefined],
    [`POST ${pipelines}/build/runs/1/tasks/only/attach`, { command: 'sh' }],
    [`DELETE ${pipelines}/build/runs/1/tasks/only/logs`, undefined],
    [`POST ${pipelines}/build/configs`, { config: configOf('build', 'other-image') }],
    [`POST ${pipelines}/build/configs/1`, undefined],
    [`POST ${pipelines}/build/secrets`, { key: 'password', content: 'x', force: true }],
  ])('is refused %s', async (line, body) => {
    const { extension } = await startWorld();
    expect((await extension(`POST ${pipelines}/build/runs`, run)).status).toBe(201);
    expect(await extension(line, { body })).toMatchObject({ status: 401, json: { error_code: 'forbidden' } });
  });

  test('keeps objects of its own, which go with it', async () => {
    const { admin, extension } = await startWorld();
    const object = '/api/extensions/hooks/objects/state';
    expect((await extension(`POST ${object}`, { raw: 'one' })).status).toBe(201);
    expect((await extension(`POST ${object}`, { raw: 'two' })).status).toBe(400);
    expect((await extension(`POST ${object}?force=true`, { raw: 'two' })).status).toBe(201);
    expect((await extension('GET /api/extensions/hooks/objects')).json).toMatchObject({ objects: [{ key: 'state' }] });
    expect((await extension(`GET /api/extensions/other/objects/state`)).status).toBe(401);
    await admin('DELETE /api/extensions/hooks');
    expect((await admin(`GET ${object}`)).status).toBe(404);
    await admin('POST /api/extensions', { body: hooks });
    expect((await admin('GET /api/extensions/hooks/objects')).json).toEqual({ objects: [] });
  });

  test('may do what its additional roles allow', async () => {
    const { extension } = await startWorld(['user']);
    expect(allowed((await extension(`POST ${pipelines}/other/runs`, run)).status)).toBe(true);
  });

  test('gets no role that does not exist, and none that its installer has not', async () => {
    const { home, api, admin } = await startWorld();
    const unknown = await admin('POST /api/extensions', { body: { ...hooks, id: 'more', additional_roles: ['usr'] } });
    expect([unknown.status, unknown.json['message']]).toEqual([400, 'role "usr" does not exist; did you mean "user"?']);
    await admin('POST /api/roles', {
      body: { id: 'installer', description: '', permissions: [{ resources: ['extensions'], actions: ['write'] }] },
    });
    const { secret } = await createToken(home, { user: 'bob', roles: ['installer'] });
    const sent = { headers: { authorization: `Bearer ${secret}` }, body: { ...hooks, id: 'more' } };
    const beyond = await api('POST /api/extensions', { ...sent, body: { ...sent.body, additional_roles: ['admin'] } });
    expect([beyond.status, beyond.json['error_code']]).toEqual([401, 'forbidden']);
    expect((await api('POST /api/extensions', sent)).status).toBe(201);
  });
});
