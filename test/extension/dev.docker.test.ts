/** An extension in a container: the server reaches it by its published port, and it the server by the door. */
import { expect, onTestFinished, test } from 'vitest';
import { testFolder } from '../e2e/folder.ts';
import { startServer } from '../e2e/server.ts';
import { inShell } from './in-shell.ts';

const pipeline = '/api/namespaces/default/pipelines/build';
const config = { id: 'build', name: 'build', tasks: [{ id: 'only', image: 'busybox', command: ['true'] }] };

test('an extension in Docker starts runs of the pipelines that subscribe to it', async () => {
  const server = await startServer({ data: await testFolder(), containers: 'docker' });
  onTestFinished(() => server.stop().then(() => undefined));
  const ask = async (method: string, path: string, body?: unknown) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(server.url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    return { status: answer.status, text: await answer.text() };
  };
  expect(await ask('POST', '/api/extensions', inShell('hooks'))).toMatchObject({ status: 201 });
  await ask('POST', `${pipeline}/configs`, { config });
  const subscription = { extension_id: 'hooks', subscription_id: 'all', settings: {} };
  expect(await ask('POST', `${pipeline}/subscriptions`, subscription)).toMatchObject({ status: 201 });
  expect(await ask('POST', '/api/external/hooks', { pushed: true })).toEqual({ status: 204, text: '' });
  await expect
    .poll(() => ask('GET', `${pipeline}/runs/1`).then(({ text }) => JSON.parse(text).run), { timeout: 30_000 })
    .toMatchObject({ status: 'successful', initiator: { user: 'hooks' } });
  expect((await ask('GET', '/api/extensions/hooks/logs')).text).toBe('listening\nevent: {"pushed":true}\n');
  expect(await ask('DELETE', '/api/extensions/hooks')).toMatchObject({ status: 204 });
});
