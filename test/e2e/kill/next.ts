/** What the next server on a data folder makes of what the one before has left. */
import { rm } from 'node:fs/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { observers } from '../living.ts';
import { scratchFolder } from '../program.ts';
import { type ServerOptions, startServer } from '../server.ts';
import { createUser, eventually, task, until } from '../user.ts';

const timeout = 180_000;
const none = (found: readonly string[]) => found.length === 0;

export function describeNextServer(containers: ServerOptions['containers']) {
  const { living, left, clear } = observers[containers];

  /** A server with a run whose task has written "ready". */
  async function running(script: string, more?: Parameters<typeof task>[2]) {
    const data = await scratchFolder();
    const start = async () => {
      const server = await startServer({ data, containers });
      onTestFinished(() => server.stop().then(() => undefined));
      return { ...createUser(server), stop: server.stop };
    };
    onTestFinished(async () => {
      await clear(data);
      await rm(data, { recursive: true, force: true, maxRetries: 5 });
    });
    const user = await start();
    const ref = await user.begin(await user.up([task('long', script, more)]));
    await user.wrote(ref, 'long', 'ready');
    return { data, start, user, ref };
  }

  describe('the next server', { timeout }, () => {
    test('joins the containers of one that was asked to stop', async () => {
      const { data, start, user, ref } = await running(until('echo last; exit 0'));
      const before = await left(data);
      expect([before.length, await user.stop('SIGTERM')]).toEqual([1, 0]);
      expect(await living(data, ref)).not.toEqual([]);

      const { client, finished, lines } = await start();
      expect(await left(data)).toEqual(before);
      await client.tasks.cancel({ ...ref, task: 'long' });
      const { run, tasks } = await finished(ref);
      expect([run.status, tasks['long']?.attempts.length]).toEqual(['successful', 1]);
      // Shells differ in whether they tell of the signal.
      expect((await lines(ref, 'long')).filter((line) => line !== 'Terminated')).toEqual(['ready', 'last']);
      await eventually(() => left(data), none);
    });

    test('carries out the cancel that a killed one had accepted', async () => {
      const { data, start, user, ref } = await running(until('echo got TERM; sleep 1; exit 143'));
      await user.client.runs.cancel(ref);
      await user.stop('SIGKILL');

      const { finished, lines } = await start();
      const { run, statuses } = await finished(ref);
      expect(await living(data, ref)).toEqual([]);
      expect([run.status, statuses]).toEqual(['cancelled', { long: 'cancelled' }]);
      expect(await lines(ref, 'long')).toContain('got TERM');
    });

    test('learns how a task has ended while no server ran', async () => {
      const { data, start, user, ref } = await running('echo ready; sleep 1; echo last; exit 4');
      await user.stop('SIGKILL');
      await eventually(() => living(data, ref), none);

      const { finished, lines } = await start();
      const { tasks } = await finished(ref);
      expect(tasks['long']).toMatchObject({ status: 'failed', exit_code: 4 });
      expect(tasks['long']?.attempts).toHaveLength(1);
      expect(await lines(ref, 'long')).toEqual(['ready', 'last']);
    });

    test('ends a task whose time is up', async () => {
      const { start, user, ref } = await running(until('exit 9'), { timeout: '2s' });
      await user.stop('SIGKILL');

      const { tasks } = await (await start()).finished(ref);
      expect(tasks['long']).toMatchObject({
        status: 'failed',
        status_reason: { reason: 'abnormal_exit', description: 'timeout: ran longer than 2 s' },
      });
      expect(tasks['long']?.attempts).toHaveLength(1);
    });

    test('makes the further attempts that are due', async () => {
      const retry = { attempts: 2, interval: '2s' };
      const { start, user, ref } = await running('echo ready; exit 75', { retry });
      await user.stop('SIGKILL');

      const { tasks } = await (await start()).finished(ref);
      expect(tasks['long']?.attempts.map(({ attempt, exit_code }) => [attempt, exit_code])).toEqual([
        [1, 75],
        [2, 75],
      ]);
    });
  });
}
