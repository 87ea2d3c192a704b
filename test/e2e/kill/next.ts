/** What the next server on a data folder makes of what the one before has left. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { testFolder } from '../folder.ts';
import { observers } from '../living.ts';
import { type ServerOptions, startServer } from '../server.ts';
import { createUser, eventually, task, until } from '../user.ts';

const timeout = 180_000;
/** Shells differ in whether they tell of a signal. */
const written = (line: string) => line !== 'Terminated';
const none = (found: readonly string[]) => found.length === 0;

export function describeNextServer(containers: ServerOptions['containers']) {
  const { living, left, clear } = observers[containers];

  /** A server with a run whose task has written "ready". */
  async function running(script: string, more?: Parameters<typeof task>[2]) {
    const data = await testFolder();
    onTestFinished(() => clear(data));
    const start = async (port = 0) => {
      const server = await startServer({ data, containers, port });
      onTestFinished(() => server.stop().then(() => undefined));
      return { ...createUser(server), stop: server.stop };
    };
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
      expect((await lines(ref, 'long')).filter(written)).toEqual(['ready', 'last']);
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

    test('goes on with a log where its reader was interrupted', async () => {
      const count = 'i=0; trap "exit 0" TERM; echo ready; while true; do i=$((i+1)); echo $i; sleep 0.05; done';
      const { start, user, ref } = await running(count);
      const seen: string[] = [];
      const reading = (async () => {
        for await (const { text } of user.client.logs.follow({ ...ref, task: 'long' })) seen.push(text);
      })();
      const more = (than = seen.length) =>
        eventually(
          async () => seen.length,
          (length) => length > than,
        );
      await more();
      await user.stop('SIGKILL');
      const { client, finished } = await start(Number(new URL(user.url).port));
      await more();
      await client.tasks.cancel({ ...ref, task: 'long' });
      await Promise.all([finished(ref), reading]);
      const counted = seen.filter(written);
      expect(counted).toEqual(['ready', ...counted.slice(1).map((_, i) => String(i + 1))]);
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
