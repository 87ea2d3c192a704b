import { describe, expect, test, vi } from 'vitest';
import { createAuthenticate } from '../../lib/access/caller.ts';
import { createRole } from '../../lib/access/roles.ts';
import { createToken } from '../../lib/access/tokens.ts';
import { putGlobalSecret } from '../../lib/secret/global-secrets.ts';
import { startApi } from '../api/client.ts';
import { streamOf } from './memory-containers.ts';
import { hooks, startWorld as startBare, type World } from './world.ts';

const value = 'correct horse battery staple';
const settings = { greeting: 'global_secret{{ hello }}', other: 'plain' };

async function startWorld(): Promise<World> {
  const world = await startBare();
  await putGlobalSecret(world.home, { key: 'hello', content: value, namespaces: ['.*'], force: true });
  return world;
}

describe('a setting that is a global secret', () => {
  test('reaches the container, and nobody else', async () => {
    const { home, containers, send } = await startWorld();
    const installed = await send('POST /api/extensions', { body: { ...hooks, settings } });
    expect(containers.running.get('hooks')?.variables).toMatchObject({ GREETING: value, OTHER: 'plain' });
    const told = [installed.json, (await send('GET /api/extensions')).json, await home.table.query('EXTENSIONS')];
    expect(JSON.stringify(told)).toContain('global_secret{{ hello }}');
    expect(JSON.stringify(told)).not.toContain(value);
  });

  test('is taken out of the log, and so is the token: also of one that runs no more, whose secret is another now', async () => {
    const { home, containers, logs, send } = await startWorld();
    await send('POST /api/extensions', { body: { ...hooks, settings } });
    const secret = containers.running.get('hooks')?.variables['GOFER_EXTENSION_SYSTEM_SECRET'] ?? '';
    logs.write(streamOf('hooks', 1), `said ${value}`, `asked with ${secret}`);
    const shown = async () => {
      const { result } = await send('GET /api/extensions/hooks/logs');
      let text = '';
      if (result.stream && 'bytes' in result.stream)
        for await (const bytes of result.stream.bytes(new AbortController().signal)) text += Buffer.from(bytes);
      return text;
    };
    expect(await shown()).toBe('said ***\nasked with ***\n');
    await send('PATCH /api/extensions/hooks', { body: { enable: false } });
    await putGlobalSecret(home, { key: 'hello', content: 'new', namespaces: ['.*'], force: true });
    expect(await shown()).toBe('said ***\nasked with ***\n');
  });

  test('that is not there keeps the extension from being installed, by its name', async () => {
    const { send } = await startWorld();
    const body = { ...hooks, settings: { greeting: 'global_secret{{ other }}' } };
    const { status, json } = await send('POST /api/extensions', { body });
    expect([status, json['message']]).toEqual([422, expect.stringContaining('secret "other" does not exist')]);
  });

  test('is read again with each start', async () => {
    const { home, containers, send } = await startWorld();
    await send('POST /api/extensions', { body: { ...hooks, settings } });
    await putGlobalSecret(home, { key: 'hello', content: 'new', namespaces: ['.*'], force: true });
    await containers.end('hooks', 'it crashed');
    await vi.waitFor(() => expect(containers.running.get('hooks')?.variables['GREETING']).toBe('new'));
  });

  test.each(['pipeline_secret{{ a }}', 'run_object{{ a }}'])('is no %s', async (greeting) => {
    const { send } = await startWorld();
    const { status, json } = await send('POST /api/extensions', { body: { ...hooks, settings: { greeting } } });
    expect([status, json['message']]).toEqual([400, expect.stringContaining('allowed is global_secret{{ key }}')]);
  });

  test('is handed over by administrators alone', async () => {
    const { home } = await startWorld();
    const send = await startApi(home, { authenticate: createAuthenticate(home) });
    const permissions = [{ resources: ['extensions'], actions: ['read', 'write'] as const }];
    await createRole(home, { id: 'installer', description: '', permissions });
    const as = async (...roles: string[]) => {
      const { secret } = await createToken(home, { user: 'ann', roles });
      const sent = { headers: { authorization: `Bearer ${secret}` }, body: { ...hooks, settings } };
      return (await send('POST /api/extensions', sent)).status;
    };
    expect([await as('installer'), await as('admin')]).toEqual([401, 201]);
  });
});

describe('registry_auth', () => {
  const registry_auth = { user: 'bot', pass: 'a password of the registry' };

  test('pulls the image at each start, is never given back, and goes with the extension', async () => {
    const { home, containers, send } = await startWorld();
    const installed = await send('POST /api/extensions', { body: { ...hooks, registry_auth } });
    const credentials = { username: 'bot', password: registry_auth.pass };
    expect([installed.status, containers.pulled.get('hooks:1')]).toEqual([201, credentials]);
    expect(JSON.stringify([installed.json, await home.table.query('EXTENSIONS')])).not.toContain(registry_auth.pass);
    containers.pulled.clear();
    await send('PATCH /api/extensions/hooks', { body: { enable: false } });
    await send('PATCH /api/extensions/hooks', { body: { enable: true } });
    expect(containers.pulled.get('hooks:1')).toEqual(credentials);
    await send('DELETE /api/extensions/hooks');
    containers.pulled.clear();
    await send('POST /api/extensions', { body: hooks });
    expect(containers.pulled.size).toBe(0);
  });

  test('without a password is refused', async () => {
    const { send } = await startWorld();
    const body = { ...hooks, registry_auth: { user: 'bot', pass: '' } };
    expect((await send('POST /api/extensions', { body })).status).toBe(400);
  });
});
