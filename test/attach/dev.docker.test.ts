/** Into a container of `gofer dev`: off unless it is asked for. */
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { testFolder } from '../e2e/folder.ts';
import { startServer } from '../e2e/server.ts';
import { createUser, task, until } from '../e2e/user.ts';

/** Asks for a terminal of a task that runs. */
async function attachTo(attach: boolean): Promise<WebSocket> {
  const server = await startServer({ data: await testFolder(), containers: 'docker', attach });
  onTestFinished(() => server.stop().then(() => undefined));
  const user = createUser(server);
  const ref = await user.begin(await user.up([task('wait', until('exit 0'))]));
  onTestFinished(() =>
    user.client.runs
      .cancel(ref)
      .then(() => user.finished(ref))
      .then(() => undefined),
  );
  const running = () => user.client.tasks.get({ ...ref, task: 'wait' }).then(({ task_execution }) => task_execution);
  await expect.poll(running, { timeout: 30_000, interval: 50 }).toMatchObject({ state: 'running' });
  const address = user.client.tasks.attachAddress({ ...ref, task: 'wait' }, 'echo inside');
  const socket = new WebSocket(address.replace(/^http/, 'ws'));
  onTestFinished(() => socket.terminate());
  socket.on('error', () => undefined);
  return socket;
}

test('with --attach, whoever may change a run gets into its containers', async () => {
  const socket = await attachTo(true);
  const [bytes] = await once(socket, 'message');
  expect(String(bytes)).toContain('inside');
});

test('without it nobody does, and the refusal says how to allow it', async () => {
  const [, response] = await once(await attachTo(false), 'unexpected-response');
  expect(response.statusCode).toBe(503);
  expect(JSON.parse(String(await response.toArray()))).toMatchObject({
    error_code: 'failed_precondition',
    message: expect.stringContaining('start `gofer dev` with --attach'),
  });
});
