import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createUser, eventually, task, type User, until } from '../e2e/user.ts';
import { type AwsInstallation, onAws } from './installation.ts';

let gofer: AwsInstallation;

beforeAll(async () => {
  gofer = await onAws();
});
afterAll(() => gofer?.stop());

test('the outputs tell where everything is', () => {
  expect(gofer.outputs).toEqual({
    ApiUrl: expect.stringMatching(/^https:\/\/[^/]+\.execute-api\.us-east-1\.amazonaws\.com\/prod$/),
    TableName: expect.stringMatching(/^Gofer-/),
    ClusterArn: expect.stringMatching(/^arn:aws:ecs:us-east-1:\d{12}:cluster\/Gofer-/),
    LostEventsQueueUrl: expect.stringContaining('LostEvents'),
  });
});

test('nothing is open without a token, and the first one is given once', async () => {
  const stranger = createUser({ url: gofer.url });
  expect((await stranger.ask('GET', '/api/namespaces')).status).toBe(401);
  expect((await stranger.ask('POST', '/api/tokens/bootstrap', {})).status).toBe(409);
  const guessed = createUser({ url: gofer.url, token: 'guessed' });
  expect((await guessed.ask('GET', '/api/namespaces')).status).toBe(401);
});

describe.concurrent('runs', () => {
  const user = (): User => createUser(gofer);

  test('a pipeline that came through the API runs to its end, and its log is kept', async () => {
    const { execute, lines } = user();
    const { ref, run, tasks } = await execute([task('compile', 'echo compiling; echo done')]);
    expect(run).toMatchObject({ state: 'complete', status: 'successful', status_reason: null });
    expect(run.started).toBeLessThanOrEqual(run.ended);
    expect(tasks['compile']).toMatchObject({ state: 'complete', status: 'successful', exit_code: 0 });
    expect(tasks['compile']?.attempts).toMatchObject([{ launch: 1, attempt: 1, exit_code: 0 }]);
    const written = await eventually(
      () => lines(ref, 'compile'),
      (found) => found.length >= 2,
    );
    expect(written).toEqual(['compiling', 'done']);
  });

  test('exit codes decide what follows', async () => {
    const { run, tasks, statuses } = await user().execute([
      task('build', 'exit 3'),
      task('release', 'echo never', { depends_on: { build: 'Success' } }),
      task('repair', 'exit 0', { depends_on: { build: 'Failure' } }),
      task('tidy', 'exit 0', { depends_on: { release: 'Any', repair: 'Any' } }),
    ]);
    expect([run.status, statuses]).toEqual([
      'failed',
      { build: 'failed', release: 'skipped', repair: 'successful', tidy: 'successful' },
    ]);
    expect(tasks['build']).toMatchObject({
      exit_code: 3,
      status_reason: { reason: 'abnormal_exit', description: 'the container exited with code 3' },
    });
  });

  test('a task is tried again as its retry says', async () => {
    const { tasks } = await user().execute([task('flaky', 'exit 75', { retry: { attempts: 3, interval: '1s' } })]);
    expect(tasks['flaky']?.attempts.map(({ attempt, exit_code }) => [attempt, exit_code])).toEqual([
      [1, 75],
      [2, 75],
      [3, 75],
    ]);
  });

  test('a cancelled run leaves no container behind, and tells how each ended', async () => {
    const { client, up, begin, finished } = user();
    const ref = await begin(
      await up([task('polite', until('exit 143')), task('after', 'echo never', { depends_on: { polite: 'Any' } })]),
    );
    await eventually(
      () => gofer.living(ref),
      (living) => living.length > 0,
    );
    await client.runs.cancel(ref);
    const { run, tasks, statuses } = await finished(ref);
    expect(await gofer.living(ref)).toEqual([]);
    expect([run.status, statuses]).toEqual(['cancelled', { polite: 'cancelled', after: 'cancelled' }]);
    expect(tasks['polite']).toMatchObject({ exit_code: 143, status_reason: { reason: 'cancelled' } });
  });

  test('an image that can’t be pulled fails its task, and says so', async () => {
    const { run, tasks } = await user().execute([
      task('ghost', 'echo never', { image: 'localhost:1/no/such-image:1' }),
    ]);
    expect(run.status).toBe('failed');
    expect(tasks['ghost']).toMatchObject({
      status: 'failed',
      exit_code: null,
      status_reason: {
        reason: 'scheduler_error',
        description: expect.stringMatching(/^CannotPullContainerError: .*localhost:1/),
      },
    });
  });
});
