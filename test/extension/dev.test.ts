/** Extensions on one machine, whole: the server, the extension in a process of its own, and the runs that it starts. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { testFolder } from '../e2e/folder.ts';
import { type Server, startServer } from '../e2e/server.ts';

const program = fileURLToPath(new URL('./extension.ts', import.meta.url));
const hooks = { id: 'hooks', image: 'hooks:1', command: [process.execPath, program], settings: { greeting: 'hi' } };
const pipeline = '/api/namespaces/default/pipelines/build';
const config = {
  id: 'build',
  name: 'build',
  tasks: [{ id: 'only', image: 'busybox', command: ['sh', '-c', 'echo $PAYLOAD'] }],
};
const subscription = { extension_id: 'hooks', subscription_id: 'on-push', settings: { event: 'push' } };

async function asker({ url }: Server, token: string) {
  return async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(url + path, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, text, json: text.startsWith('{') ? JSON.parse(text) : undefined };
  };
}

test('an extension is installed, subscribed to, and lives as long as servers of its folder do', async () => {
  const where = { data: await testFolder(), containers: 'process', auth: true } as const;
  const first = await startServer(where);
  onTestFinished(() => first.stop().then(() => undefined));
  const bootstrap = await fetch(`${first.url}/api/tokens/bootstrap`, { method: 'POST' });
  const { secret } = (await bootstrap.json()) as { secret: string };
  const ask = await asker(first, secret);

  const failed = await ask('POST', '/api/extensions', { ...hooks, id: 'failing', settings: { fail: '1' } });
  expect([failed.status, failed.json.message]).toEqual([
    422,
    'extension "failing" did not start: before it was ready, it ended with exit code 3',
  ]);
  expect((await ask('POST', '/api/extensions', hooks)).json).toMatchObject({ extension: { state: 'running' } });
  await ask('POST', `${pipeline}/configs`, { config });
  expect((await ask('POST', `${pipeline}/subscriptions`, subscription)).status).toBe(201);
  await expect
    .poll(() => ask('GET', '/api/extensions/hooks/logs').then(({ text }) => text))
    .toMatch(/^listening at http:\/\/127\.0\.0\.1:\d+\n$/);

  const event = await fetch(`${first.url}/api/external/hooks`, {
    method: 'POST',
    headers: { 'x-event': 'push' },
    body: 'a payload that is no JSON',
  });
  expect(event.status).toBe(204);
  await expect
    .poll(() => ask('GET', `${pipeline}/runs/1`).then(({ json }) => json.run), { timeout: 20_000 })
    .toMatchObject({ status: 'successful', initiator: { user: 'hooks' } });
  expect((await ask('GET', `${pipeline}/runs/1/tasks/only/logs`)).text).toBe('a payload that is no JSON\n');

  // Its token is in its environment and in memory, and in no file.
  for (const each of await readdir(where.data, { recursive: true, withFileTypes: true }))
    if (each.isFile()) {
      const path = join(each.parentPath, each.name);
      expect([path, (await readFile(path, 'latin1')).match(/gofer_[\w-]{43}[0-9a-f]{8}/)]).toEqual([path, null]);
    }

  // Killed: nobody has told the extension that its server is gone.
  await first.stop('SIGKILL');
  const next = await startServer(where);
  onTestFinished(() => next.stop().then(() => undefined));
  const again = await asker(next, secret);
  await expect
    .poll(() => again('GET', '/api/extensions/hooks').then(({ json }) => json.extension.state), { timeout: 20_000 })
    .toBe('running');
  const { json } = await again('GET', '/api/extensions/hooks/debug');
  expect(JSON.parse(json.info)).toEqual({ greeting: 'hi', knows: ['default/build/on-push'] });
});
