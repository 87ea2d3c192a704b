import { expect, test } from 'vitest';
import { eventually, runsPath, task, until } from '../user.ts';
import type { World } from './world.ts';

/** Cancel of a run and of one task: `cancelled` only when nothing of it lives. */
export function cancel({ user, living }: World) {
  test('a cancelled run gives its containers SIGTERM, and ends when they are gone', async () => {
    const { client, up, begin, finished, wrote, lines } = user();
    const ref = await begin(
      await up([
        task('polite', until('echo got TERM; exit 143')),
        task('after', 'echo never', { depends_on: { polite: 'Any' } }),
      ]),
    );
    await wrote(ref, 'polite', 'ready');
    expect(await living(ref)).not.toEqual([]);
    await client.runs.cancel(ref);
    const { run, tasks, statuses } = await finished(ref);
    expect(await living(ref)).toEqual([]);
    expect(run).toMatchObject({ status: 'cancelled', status_reason: { reason: 'user_cancelled' } });
    expect(statuses).toEqual({ polite: 'cancelled', after: 'cancelled' });
    expect(tasks['polite']).toMatchObject({ exit_code: 143, status_reason: { reason: 'cancelled' } });
    expect(tasks['after']?.attempts).toEqual([]);
    expect(await lines(ref, 'polite')).toContain('got TERM');
  });

  test('what ignores SIGTERM is killed after its stop_timeout', async () => {
    const { client, up, begin, finished, wrote, lines } = user();
    const ref = await begin(await up([task('deaf', until('echo not yet'), { stop_timeout: 4 })]));
    await wrote(ref, 'deaf', 'ready');
    await client.runs.cancel(ref);
    await wrote(ref, 'deaf', 'not yet');
    expect((await client.runs.get(ref)).run).toMatchObject({ state: 'running', status: 'unknown', cancelling: true });
    const { run, tasks } = await finished(ref);
    expect(await living(ref)).toEqual([]);
    expect([run.status, tasks['deaf']?.exit_code]).toEqual(['cancelled', 137]);
    expect(await lines(ref, 'deaf')).toContain('not yet');
  });

  test('one cancelled task leaves the others alone; what needs it is skipped', async () => {
    const { client, up, begin, finished, wrote } = user();
    const ref = await begin(
      await up([
        task('unwanted', until('exit 1')),
        task('sibling', until('exit 0')),
        task('after', 'echo never', { depends_on: { unwanted: 'Any' } }),
        task('other', 'echo here', { depends_on: { sibling: 'Success' } }),
      ]),
    );
    await wrote(ref, 'unwanted', 'ready');
    await wrote(ref, 'sibling', 'ready');
    await client.tasks.cancel({ ...ref, task: 'unwanted' });
    const status = async (id: string) => (await client.tasks.get({ ...ref, task: id })).task_execution.status;
    await eventually(
      () => status('after'),
      (found) => found !== 'unknown',
    );
    expect(await Promise.all(['unwanted', 'sibling'].map(status))).toEqual(['cancelled', 'unknown']);
    // Its own end, by exit code 0, counts more than who asked for it.
    await client.tasks.cancel({ ...ref, task: 'sibling' });
    const { run, tasks, statuses } = await finished(ref);
    expect(run).toMatchObject({ status: 'cancelled', status_reason: { description: 'cancelled: "unwanted"' } });
    expect(statuses).toEqual({ unwanted: 'cancelled', sibling: 'successful', after: 'skipped', other: 'successful' });
    expect(tasks['after']?.status_reason?.description).toBe('"unwanted" was cancelled, needs any');
  });

  test('a cancelled run that waits for its turn never starts', async () => {
    const { client, up, begin, finished, wrote } = user();
    const pipeline = await up([task('long', until('exit 0'))], { parallelism: 1 });
    const first = await begin(pipeline);
    const second = await begin(pipeline);
    const third = await begin(pipeline);
    await wrote(first, 'long', 'ready');
    expect((await client.runs.get(third)).run).toMatchObject({ state: 'pending', queue_position: 2 });
    await client.runs.cancel(second);
    const cancelled = await finished(second);
    expect(cancelled.run).toMatchObject({ status: 'cancelled', started: 0 });
    expect(cancelled.tasks['long']?.attempts).toEqual([]);
    await client.tasks.cancel({ ...first, task: 'long' });
    await wrote(third, 'long', 'ready');
    await client.runs.cancel(third);
    expect((await finished(first)).run.status).toBe('successful');
    await finished(third);
  });

  test('a task that waits for its next attempt is cancelled at once', async () => {
    const { client, up, begin, finished } = user();
    const retry = { attempts: 2, interval: '1h' };
    const ref = await begin(await up([task('flaky', 'exit 75', { retry })]));
    const flaky = async () => (await client.tasks.get({ ...ref, task: 'flaky' })).task_execution;
    await eventually(flaky, ({ state, next_attempt }) => state === 'waiting' && next_attempt !== undefined);
    await client.tasks.cancel({ ...ref, task: 'flaky' });
    const { run, tasks } = await finished(ref);
    expect([run.status, tasks['flaky']?.attempts.length]).toEqual(['cancelled', 1]);
  });

  test('a deleted pipeline leaves nothing alive', async () => {
    const { client, up, begin, wrote, ask } = user();
    const ref = await begin(await up([task('long', until('exit 143'))]));
    await wrote(ref, 'long', 'ready');
    await client.pipelines.delete(ref);
    await eventually(
      () => living(ref),
      (found) => found.length === 0,
    );
    expect((await ask('GET', `${runsPath(ref)}/1`)).status).toBe(404);
  });

  test('a run that is complete stays as it is', async () => {
    const { client, execute, finished } = user();
    const { ref, run } = await execute([task('quick', 'exit 0')]);
    await client.runs.cancel(ref);
    expect((await finished(ref)).run).toEqual(run);
  });
}
