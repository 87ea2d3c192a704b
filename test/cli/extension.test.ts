/** `gofer extension` and `gofer pipeline subscribe` against the real server, which runs the test extension. */
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { createApi } from '../../lambdas/api/api.ts';
import { hasRawBody } from '../../lib/api/raw-body.ts';
import { createClient } from '../../lib/client/client.ts';
import { createHttpServer } from '../../lib/local/http/server.ts';
import { streamOf } from '../extension/memory-containers.ts';
import { startWorld, type World } from '../extension/world.ts';
import { emptyFolder, gofer } from './fake-io.ts';

const cwd = emptyFolder();
let url = '';
let world: World;
const cli = (line: string, stdin = '') => gofer(line, { fetch, cwd, env: { GOFER_API_BASE_URL: url }, stdin });
const outOf = async (line: string) => {
  const { code, stdout, stderr } = await cli(line);
  expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: '' });
  return stdout;
};

beforeEach(async () => {
  world = await startWorld();
  const server = createHttpServer({ handler: createApi(world.home), hasRawBody, host: '127.0.0.1', port: 0 });
  await server.listen();
  onTestFinished(() => server.close());
  url = server.url;
});

test('an extension is installed, shown, listed, switched off and on, and uninstalled', async () => {
  expect(await outOf('extension install hooks hooks:1 -s greeting=hi')).toMatch(
    /^Extension hooks {2}running\n +image +hooks:1\n[\s\S]*settings +greeting=hi/,
  );
  expect(world.containers.running.get('hooks')?.variables['GREETING']).toBe('hi');
  expect(await outOf('extension get hooks')).toMatch(
    /Settings of subscriptions\nkey +needed +what it is\nevent +yes +The event that starts a run\./,
  );
  expect(await outOf('extension list')).toMatch(/hooks +running +hooks:1/);
  expect(await outOf('extension debug hooks')).toBe('{"greeting":"hi","knows":[]}\n');
  expect(await outOf('extension disable hooks')).toBe('Extension "hooks" is disabled.\n');
  expect(await outOf('extension list')).toMatch(/hooks +exited +hooks:1 .*is disabled/);
  expect(await outOf('extension enable hooks')).toBe('Extension "hooks" is enabled.\n');
  expect(await outOf('extension uninstall hooks')).toBe('Uninstalled extension "hooks".\n');
  expect((await cli('extension get hooks')).code).toBe(3);
});

test('one that does not come up is told with its reason', async () => {
  world.containers.broken.set('hooks:1', 'CannotPullContainerError: no such image');
  const { code, stderr } = await cli('extension install hooks hooks:1');
  expect([code, stderr]).toEqual([1, expect.stringContaining('CannotPullContainerError: no such image')]);
});

test('the password of a registry comes from standard input', async () => {
  const line = 'extension install hooks hooks:1 --registry-user bot';
  const { code } = await gofer(line, { fetch, cwd, env: { GOFER_API_BASE_URL: url }, stdin: 'a password\n' });
  expect([code, world.containers.pulled.get('hooks:1')]).toEqual([0, { username: 'bot', password: 'a password' }]);
});

test('a pipeline subscribes and unsubscribes', async () => {
  await outOf('extension install hooks hooks:1');
  expect(await outOf('pipeline subscribe build hooks on-push -s event=push')).toBe(
    'Pipeline "build" is subscribed to extension "hooks" as "on-push".\n',
  );
  expect(await outOf('pipeline subscription list build')).toMatch(/default\/build +hooks +on-push +active +event=push/);
  expect(await outOf('extension get hooks')).toMatch(/Subscriptions\n.*\ndefault\/build +hooks +on-push/);
  const refused = await cli('pipeline subscribe build hooks on-pull');
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('setting "event" is missing')]);
  expect(await outOf('pipeline subscription disable build hooks on-push')).toBe(
    'Subscription "on-push" of pipeline "build" is disabled.\n',
  );
  expect(await outOf('pipeline subscription get build hooks on-push')).toMatch(/hooks +on-push +disabled/);
  await outOf('pipeline subscription enable build hooks on-push');
  expect(await outOf('pipeline subscription get build hooks on-push')).toMatch(/hooks +on-push +active/);
  expect((await cli('pipeline subscription disable build hooks on-pull')).code).toBe(3);
  expect(await outOf('pipeline unsubscribe build hooks on-push')).toContain('is not subscribed');
  expect(await outOf('pipeline subscription list build')).toBe('');
});

test('objects of an extension are put, listed page by page, got and deleted', async () => {
  await outOf('extension install hooks hooks:1');
  for (const key of ['one', 'three', 'two'])
    expect((await cli(`extension object put hooks ${key} -`, key)).stdout).toContain(`Stored object "${key}"`);
  expect(await outOf('extension object list hooks --limit 2 --reverse')).toMatch(/^key.*\ntwo .*\nthree .*\n$/);
  expect(await outOf('extension object get hooks three')).toBe('three');
  expect(await outOf('extension object delete hooks three')).toBe('Deleted object "three".\n');
  expect((await cli('extension object get hooks three')).code).toBe(3);
});

test('a program hands an extension an event from outside, with what it says of its body', async () => {
  await outOf('extension install hooks hooks:1');
  const heard: unknown[] = [];
  world.containers.running.get('hooks')?.heard((event) => heard.push(event));
  const headers = { 'content-type': 'application/json', 'x-signature': 'abc' };
  await createClient({ baseUrl: url }).extensions.sendEvent('hooks', new Blob(['{"push":1}']), headers);
  expect(heard).toMatchObject([{ headers, body: [...Buffer.from('{"push":1}')] }]);
});

test('a log is printed as it was written', async () => {
  await outOf('extension install hooks hooks:1');
  world.logs.write(streamOf('hooks', 1), 'listening', 'a run: 201');
  expect(await outOf('extension logs hooks')).toBe('listening\na run: 201\n');
  expect(await outOf('extension logs hooks --timestamps')).toMatch(/^2026-01-01T00:00:00.000Z listening\n/);
  const followed = outOf('extension logs hooks --follow --output json');
  await outOf('extension disable hooks');
  world.logs.wake();
  expect((await followed).split('\n')[0]).toBe(
    '{"extension":"hooks","time":1767225600000,"source":"stdout","text":"listening"}',
  );
});
