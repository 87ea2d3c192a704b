import { expect, test } from 'vitest';
import { task, until } from '../user.ts';
import type { World } from './world.ts';

/** Retries and timeouts. */
export function attempts({ user, living }: World) {
  test('a task is tried again as often as its retry says, and each attempt and its log are kept', async () => {
    const { execute, lines } = user();
    const { ref, tasks, run } = await execute([
      task('flaky', 'date +%s; exit 75', { retry: { attempts: 3, interval: '1s', rate: 1 } }),
    ]);
    expect(run.status).toBe('failed');
    const found = tasks['flaky']?.attempts ?? [];
    expect(found.map(({ launch, attempt, exit_code }) => ({ launch, attempt, exit_code }))).toEqual(
      [1, 2, 3].map((n) => ({ launch: n, attempt: n, exit_code: 75 })),
    );
    for (const [i, { started }] of found.slice(1).entries())
      expect(started).toBeGreaterThan(found[i]?.ended ?? Infinity);
    const logs = await Promise.all([1, 2, 3].map((attempt) => lines(ref, 'flaky', attempt)));
    expect(new Set(logs.map(([when]) => when)).size).toBe(3);
    expect(await lines(ref, 'flaky')).toEqual(logs[2]);
    await expect(lines(ref, 'flaky', 4)).rejects.toThrow(
      'attempt "4" does not exist of task "flaky": there are 3 so far',
    );
  });

  test('only the exit codes that retry names are tried again', async () => {
    const retry = { attempts: 3, interval: '1s', exit_codes: [75] };
    const { tasks } = await user().execute([task('other', 'exit 3', { retry }), task('named', 'exit 75', { retry })]);
    expect([tasks['other']?.attempts.length, tasks['named']?.attempts.length]).toEqual([1, 3]);
  });

  test('a task over its timeout gets SIGTERM first: with exit code 0 it is successful all the same', async () => {
    const { execute, lines } = user();
    const { ref, run, tasks } = await execute([task('hang', until('echo cleaning up; exit 0'), { timeout: '1s' })]);
    // What exits with 0 has done its work, however late.
    expect([run.status, await lines(ref, 'hang')]).toEqual(['successful', expect.arrayContaining(['cleaning up'])]);
    expect(tasks['hang']?.attempts).toHaveLength(1);
  });

  test('a task over its timeout fails with abnormal_exit, and says so', async () => {
    const { execute } = user();
    const { ref, run, tasks } = await execute([task('hang', until('exit 9'), { timeout: '1s' })]);
    expect(run.status).toBe('failed');
    expect(tasks['hang']).toMatchObject({
      status: 'failed',
      exit_code: 9,
      status_reason: { reason: 'abnormal_exit', description: 'timeout: ran longer than 1 s' },
    });
    expect(await living(ref)).toEqual([]);
  });

  test('a time-out counts as an attempt; what ignores SIGTERM is killed', async () => {
    const retry = { attempts: 2, interval: '1s' };
    const { tasks } = await user().execute([task('deaf', until('echo not yet'), { timeout: '1s', retry })]);
    expect(tasks['deaf']?.attempts.map(({ attempt, exit_code }) => [attempt, exit_code])).toEqual([
      [1, 137],
      [2, 137],
    ]);
    expect(tasks['deaf']?.status_reason?.description).toBe('timeout: ran longer than 1 s');
  });

  test('a run over its pipeline’s timeout is stopped and has failed with abnormal_exit', async () => {
    const { execute } = user();
    const tasks = [task('hang', until('exit 9')), task('after', 'echo never', { depends_on: { hang: 'Any' } })];
    const { ref, run, statuses } = await execute(tasks, { timeout: '2s' });
    expect(run.status).toBe('failed');
    expect(run.status_reason).toEqual({
      reason: 'abnormal_exit',
      description: "took longer than the pipeline's timeout of 2 s",
    });
    expect(statuses).toEqual({ hang: 'cancelled', after: 'cancelled' });
    expect(await living(ref)).toEqual([]);
  });
}
