import { expect, test } from 'vitest';
import { task } from '../user.ts';
import type { World } from './world.ts';

/** What becomes of tasks, and of the run that they belong to. */
export function taskOutcomes({ user, living, images }: World) {
  test('a run is successful when its tasks exit with 0', async () => {
    const { run, tasks } = await user().execute([task('compile', 'echo done')]);
    expect(run).toMatchObject({ state: 'complete', status: 'successful', status_reason: null });
    expect(run.created).toBeLessThanOrEqual(run.started);
    expect(run.started).toBeLessThanOrEqual(run.ended);
    expect(tasks['compile']).toMatchObject({ state: 'complete', status: 'successful', exit_code: 0 });
    expect(tasks['compile']?.attempts).toMatchObject([{ launch: 1, attempt: 1, exit_code: 0 }]);
  });

  test('a run fails when a task exits otherwise, also when another task handled it', async () => {
    const { run, tasks, statuses } = await user().execute([
      task('build', 'exit 3'),
      task('release', 'echo never', { depends_on: { build: 'Success' } }),
      task('announce', 'echo never', { depends_on: { release: 'Success' } }),
      task('repair', 'echo repaired', { depends_on: { build: 'Failure' } }),
      task('tidy', 'echo tidy', { depends_on: { announce: 'Any', repair: 'Any' } }),
    ]);
    expect(run.status).toBe('failed');
    expect(run.status_reason).toEqual({ reason: 'abnormal_exit', description: 'failed: "build"' });
    expect(statuses).toEqual({
      build: 'failed',
      release: 'skipped',
      announce: 'skipped',
      repair: 'successful',
      tidy: 'successful',
    });
    expect(tasks['build']).toMatchObject({
      exit_code: 3,
      status_reason: { reason: 'abnormal_exit', description: 'the container exited with code 3' },
    });
    const skipped = (description: string) => ({ reason: 'failed_precondition', description });
    expect(tasks['release']?.status_reason).toEqual(skipped('"build" failed, needs success'));
    expect(tasks['announce']?.status_reason).toEqual(skipped('"release" was skipped, needs success'));
    expect(tasks['release']).toMatchObject({ started: 0, exit_code: null, attempts: [] });
  });

  test('a failure that is allowed stays visible and fails nothing but itself', async () => {
    const { run, statuses } = await user().execute([
      task('audit', 'exit 1', { allow_failure: true }),
      task('ticket', 'echo open', { depends_on: { audit: 'Failure' } }),
      task('badge', 'echo never', { depends_on: { audit: 'Success' } }),
    ]);
    expect(run.status).toBe('successful');
    expect(statuses).toEqual({ audit: 'failed', ticket: 'successful', badge: 'skipped' });
  });

  test('no task starts before its parents are complete', async () => {
    const { tasks } = await user().execute([
      task('root', 'sleep 0.3'),
      task('left', 'sleep 0.2', { depends_on: { root: 'Success' } }),
      task('right', 'exit 1', { depends_on: { root: 'Success' }, allow_failure: true }),
      task('join', 'exit 0', { depends_on: { left: 'Any', right: 'Any' } }),
    ]);
    const time = (id: string, which: 'started' | 'ended') => tasks[id]?.[which] ?? Number.NaN;
    for (const [parent, child] of [
      ['root', 'left'],
      ['root', 'right'],
      ['left', 'join'],
      ['right', 'join'],
    ] as const)
      expect([parent, child, time(child, 'started') >= time(parent, 'ended')]).toEqual([parent, child, true]);
  });

  test('a task that a signal ended says which, and takes what it started with it', async () => {
    const { ref, tasks } = await user().execute([
      task('killed', 'sleep 600 & kill -9 $$'),
      task('behind', 'sleep 600 &'),
    ]);
    expect(tasks['killed']).toMatchObject({
      exit_code: 137,
      status_reason: { description: expect.stringContaining('SIGKILL') },
    });
    expect(tasks['behind']?.status).toBe('successful');
    expect(await living(ref)).toEqual([]);
  });

  test.skipIf(!images)('a missing image fails its task with the engine’s words; others go on', async () => {
    const { run, tasks, statuses } = await user().execute([
      task('ghost', 'echo never', { image: 'localhost:1/no/such-image:1' }),
      task('sibling', 'echo here'),
      task('after', 'echo after', { depends_on: { ghost: 'Any', sibling: 'Success' } }),
    ]);
    expect(run.status).toBe('failed');
    expect(statuses).toEqual({ ghost: 'failed', sibling: 'successful', after: 'successful' });
    expect(tasks['ghost']?.status_reason).toEqual({
      reason: 'scheduler_error',
      description: expect.stringMatching(/CannotPullContainerError: .*localhost:1/),
    });
  });

  test('a missing command fails its task with exit code 127, and its log names it; others go on', async () => {
    const { execute, text } = user();
    const { ref, run, tasks, statuses } = await execute([
      task('typo', ['no-such-command', 'now']),
      task('sibling', 'echo here'),
    ]);
    expect(run.status).toBe('failed');
    expect(statuses).toEqual({ typo: 'failed', sibling: 'successful' });
    expect(tasks['typo']).toMatchObject({
      exit_code: 127,
      status_reason: { reason: 'abnormal_exit', description: 'the container exited with code 127 (command not found)' },
    });
    expect(await text(ref, 'typo')).toMatch(/exec no-such-command failed: /);
  });
}
