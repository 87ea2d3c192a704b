import { describe, expect, test, vi } from 'vitest';
import { listTokens } from '../../lib/access/tokens.ts';
import { listEvents } from '../../lib/events/events.ts';
import { getExtension } from '../../lib/extension/extensions.ts';
import { setExtensionEnabled } from '../../lib/extension/install.ts';
import type { Home } from '../../lib/home.ts';
import { resumeExtensions } from '../../lib/local/extensions/resume.ts';
import { extensionObjects } from '../../lib/object/place.ts';
import { putObject } from '../../lib/object/put.ts';
import { startApi } from '../api/client.ts';
import { createMemoryHome } from '../memory-home.ts';
import { hooks, restart, startWorld } from './world.ts';

const kinds = async (home: Home) =>
  (await listEvents(home)).flatMap(({ kind }) => Object.keys(kind)).filter((name) => name.includes('extension'));

const running = { state: 'running', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) };

describe('installing', () => {
  test('starts the extension, waits until it is well, and tells what it says of itself', async () => {
    const { home, send } = await startWorld();
    const { status, json } = await send('POST /api/extensions', { body: { ...hooks, settings: { greeting: 'hi' } } });
    expect(status).toBe(201);
    expect(json['extension']).toMatchObject({
      ...running,
      registration: {
        extension_id: 'hooks',
        image: 'hooks:1',
        status: 'enabled',
        additional_roles: [],
        settings: [{ key: 'greeting', value: 'hi', source: 'extension' }],
      },
      documentation: { body: 'Starts a run for each external event.' },
    });
    expect(await kinds(home)).toEqual(['installed_extension']);
    expect((await send('GET /api/extensions')).json).toEqual({ extensions: [json['extension']] });
    expect((await send('GET /api/extensions/hooks')).json).toEqual(json);
  });

  test('gives it the variables of the protocol, and its settings in upper case', async () => {
    const { containers, send } = await startWorld();
    await send('POST /api/extensions', { body: { ...hooks, settings: { greeting: 'hi' } } });
    expect(containers.running.get('hooks')?.variables).toEqual({
      GREETING: 'hi',
      GOFER_EXTENSION_SYSTEM_ID: 'hooks',
      GOFER_EXTENSION_SYSTEM_LOG_LEVEL: 'info',
      GOFER_EXTENSION_SYSTEM_SECRET: expect.stringMatching(/^gofer_/),
      GOFER_EXTENSION_SYSTEM_GOFER_HOST: 'gofer.test:80',
      GOFER_API_BASE_URL: 'http://gofer.test:80',
      GOFER_EXTENSION_SYSTEM_BIND_ADDRESS: '127.0.0.1:0',
      GOFER_EXTENSION_SYSTEM_USE_TLS: 'false',
      GOFER_EXTENSION_SYSTEM_TLS_CERT: '',
      GOFER_EXTENSION_SYSTEM_TLS_KEY: '',
    });
  });

  test('shows its token to nobody', async () => {
    const { home, containers, send } = await startWorld();
    const installed = await send('POST /api/extensions', { body: hooks });
    const secret = containers.running.get('hooks')?.variables['GOFER_EXTENSION_SYSTEM_SECRET'] ?? '';
    expect(secret).not.toBe('');
    const told = JSON.stringify([installed.json, await home.table.query('EXTENSIONS'), await listEvents(home)]);
    expect(told).not.toContain(secret);
    expect(await listTokens(home)).toMatchObject([{ user: 'hooks', metadata: { extension_id: 'hooks' } }]);
  });

  test('what does not come up is not installed, and says why', async () => {
    const { home, containers, send } = await startWorld();
    containers.broken.set('hooks:1', 'CannotPullContainerError: no such image');
    const { status, json } = await send('POST /api/extensions', { body: hooks });
    expect([status, json['error_code']]).toEqual([422, 'extension_failed']);
    expect(json['message']).toBe('extension "hooks" did not start: CannotPullContainerError: no such image');
    expect((await send('GET /api/extensions')).json).toEqual({ extensions: [] });
    expect(await listTokens(home)).toEqual([]);
    expect(await kinds(home)).toEqual([]);
  });

  test('a second one under the same id is refused', async () => {
    const { send } = await startWorld();
    const both = await Promise.all([1, 2].map(() => send('POST /api/extensions', { body: hooks })));
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  test.each([
    [{ id: 'x' }, 'extension id "x" must be 3 to 32 letters, digits or hyphens'],
    [{ image: 'Not An Image' }, 'image "Not An Image" is not an image reference'],
    [{ settings: { 'a-b': 'c' } }, 'setting "a-b" can\'t be a variable'],
    [{ settings: { gofer_token: 'c' } }, 'setting "gofer_token" begins with GOFER_'],
    [{ settings: { who: 'a', WHO: 'b' } }, 'settings "who" and "WHO" are the same variable, WHO'],
    [{ setings: {} }, 'unknown field "setings"; did you mean "settings"?'],
  ])('%j is refused', async (wrong, message) => {
    const { send } = await startWorld();
    const { status, json } = await send('POST /api/extensions', { body: { ...hooks, ...wrong } });
    expect([status, json['message']]).toEqual([400, expect.stringContaining(message)]);
  });

  test('is refused where they are switched off, with the setting and what to do instead', async () => {
    const send = await startApi(createMemoryHome({ settings: { kind: 'aws' } }));
    const { status, json } = await send('POST /api/extensions', { body: hooks });
    const message = /switched off in this installation: the setting "extensions".*give the pipeline a schedule/;
    expect([status, json['message']]).toEqual([501, expect.stringMatching(message)]);
    expect((await send('GET /api/extensions')).json).toEqual({ extensions: [] });
    expect((await send('DELETE /api/extensions/hooks')).status).toBe(404);
  });
});

describe('an installed extension', () => {
  test('is switched off and on again, each time with another token', async () => {
    const { home, containers, send } = await startWorld();
    await send('POST /api/extensions', { body: hooks });
    const [first] = await listTokens(home);
    expect((await send('PATCH /api/extensions/hooks', { body: { enable: false } })).status).toBe(204);
    expect([containers.running.size, await listTokens(home)]).toEqual([0, []]);
    expect((await send('GET /api/extensions/hooks')).json).toMatchObject({
      extension: { registration: { status: 'disabled' }, state: 'exited', reason: 'is disabled', url: '' },
    });
    expect((await send('PATCH /api/extensions/hooks', { body: { enable: true } })).status).toBe(204);
    expect((await send('GET /api/extensions/hooks')).json).toMatchObject({ extension: running });
    expect((await listTokens(home)).map(({ id }) => id)).not.toEqual([first?.id]);
    expect(await kinds(home)).toEqual(['installed_extension', 'disabled_extension', 'enabled_extension']);
  });

  test('is off once it is stopped, also when the first try could not stop it; its token is gone before', async () => {
    const { home, containers, send } = await startWorld();
    await send('POST /api/extensions', { body: hooks });
    vi.spyOn(containers, 'stop').mockRejectedValueOnce(new Error('Docker is gone'));
    await expect(setExtensionEnabled(home, 'hooks', false)).rejects.toThrow('Docker is gone');
    expect([containers.running.size, await listTokens(home)]).toEqual([1, []]);
    expect((await send('PATCH /api/extensions/hooks', { body: { enable: false } })).status).toBe(204);
    expect(containers.running.size).toBe(0);
    expect(await kinds(home)).toEqual(['installed_extension', 'disabled_extension']);
  });

  test('that does not come up any more stays off', async () => {
    const { containers, send } = await startWorld();
    await send('POST /api/extensions', { body: hooks });
    await send('PATCH /api/extensions/hooks', { body: { enable: false } });
    containers.broken.set('hooks:1', 'the disk is full');
    const { status, json } = await send('PATCH /api/extensions/hooks', { body: { enable: true } });
    expect([status, json['message']]).toEqual([422, expect.stringContaining('the disk is full')]);
    expect((await send('GET /api/extensions/hooks')).json).toMatchObject({
      extension: { registration: { status: 'disabled' } },
    });
  });

  test('tells its inside', async () => {
    const { send } = await startWorld();
    await send('POST /api/extensions', { body: { ...hooks, settings: { greeting: 'hi' } } });
    const { json } = await send('GET /api/extensions/hooks/debug');
    expect(JSON.parse(String(json['info']))).toEqual({ greeting: 'hi', knows: [] });
  });

  test('is started again when it has ended, and says why it does not run until then', async () => {
    const { containers, host, send } = await startWorld();
    await send('POST /api/extensions', { body: hooks });
    containers.broken.set('hooks:1', 'the registry is down');
    await containers.end('hooks', 'it ended with exit code 3');
    await vi.waitFor(() => expect(host.sight({ id: 'hooks' })).toMatchObject({ state: 'exited' }));
    const { status, json } = await send('GET /api/extensions/hooks/debug');
    expect([status, json['error_code']]).toEqual([503, 'failed_precondition']);
    containers.broken.clear();
    await vi.waitFor(() => expect(host.sight({ id: 'hooks' })).toMatchObject(running));
    expect((await send('GET /api/extensions/hooks/debug')).status).toBe(200);
  });

  test('goes when it is uninstalled, and its token with it', async () => {
    const { home, containers, send } = await startWorld();
    await send('POST /api/extensions', { body: hooks });
    expect((await send('DELETE /api/extensions/hooks')).status).toBe(204);
    expect([containers.running.size, await listTokens(home)]).toEqual([0, []]);
    expect((await send('GET /api/extensions/hooks')).status).toBe(404);
    expect((await send('DELETE /api/extensions/hooks')).status).toBe(404);
    expect(await kinds(home)).toEqual(['installed_extension', 'uninstalled_extension']);
    expect((await send('POST /api/extensions', { body: hooks })).status).toBe(201);
  });

  test('sees no object that was stored too late for an earlier one of its id', async () => {
    const { home, send } = await startWorld();
    await send('POST /api/extensions', { body: hooks });
    const earlier = extensionObjects(await getExtension(home, 'hooks'));
    await send('DELETE /api/extensions/hooks');
    const bytes = new Blob(['late']).stream();
    await putObject(home, earlier, 'state', { force: false, bytes });
    home.pass(1);
    await send('POST /api/extensions', { body: hooks });
    expect((await send('GET /api/extensions/hooks/objects')).json).toEqual({ objects: [] });
  });

  test('that is unknown is named, with the one that was meant', async () => {
    const { send } = await startWorld();
    await send('POST /api/extensions', { body: hooks });
    const { status, json } = await send('GET /api/extensions/hoks');
    expect([status, json['message']]).toEqual([404, 'extension "hoks" does not exist; did you mean "hooks"?']);
  });
});

describe('a server that starts again', () => {
  test('starts what is enabled, and nothing else', async () => {
    const world = await startWorld();
    await world.send('POST /api/extensions', { body: hooks });
    await world.send('POST /api/extensions', { body: { ...hooks, id: 'other' } });
    await world.send('PATCH /api/extensions/other', { body: { enable: false } });
    const { home, containers, send } = await restart(world);
    await resumeExtensions(home, () => {});
    expect([...containers.running.keys()]).toEqual(['hooks']);
    expect((await send('GET /api/extensions/hooks')).json).toMatchObject({ extension: running });
    expect((await listTokens(home)).length).toBe(1);
  });

  test('leaves alone what is disabled or uninstalled while it starts', async () => {
    const world = await startWorld();
    await world.send('POST /api/extensions', { body: hooks });
    await world.send('POST /api/extensions', { body: { ...hooks, id: 'other' } });
    const { home, containers, send } = await restart(world);
    vi.spyOn(containers, 'clear').mockImplementationOnce(async () => {
      await send('PATCH /api/extensions/hooks', { body: { enable: false } });
      await send('DELETE /api/extensions/other');
    });
    await resumeExtensions(home, () => {});
    expect([containers.started, await listTokens(home)]).toEqual([[], []]);
  });

  test('goes on trying with one that does not come up, and tells why', async () => {
    const world = await startWorld();
    await world.send('POST /api/extensions', { body: hooks });
    const { home, containers, host, send } = await restart(world);
    containers.broken.set('hooks:1', 'Docker is not up yet');
    const told: unknown[] = [];
    await resumeExtensions(home, ({ id }, error) => told.push(id, String(error)));
    expect(told).toEqual(['hooks', expect.stringContaining('Docker is not up yet')]);
    expect((await send('GET /api/extensions/hooks')).json).toMatchObject({
      extension: { reason: 'Docker is not up yet', registration: { status: 'enabled' } },
    });
    containers.broken.clear();
    await vi.waitFor(() => expect(host.sight({ id: 'hooks' })).toMatchObject(running));
  });
});
