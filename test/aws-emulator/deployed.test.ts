/** What only an installation on AWS can show: load on its functions, bad news about events, updates, and its end. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dag, expected } from '../e2e/kill/dag.ts';
import { createUser, eventually, type Finished, task, until } from '../e2e/user.ts';
import { canary } from './canary.ts';
import { keeperOf } from './extension-keeper.ts';
import { extensions, staying } from './extensions.ts';
import { figures } from './figures.ts';
import { httpApi } from './http-api.ts';
import { type AwsInstallation, onAws } from './installation.ts';
import { delivered, setDelivery } from './instruments.ts';
import { inventory } from './inventory.ts';

let gofer: AwsInstallation;
/** What the account held before Gofer came. */
let before: readonly string[];

beforeAll(async () => {
  gofer = await onAws({
    settings: { removalPolicy: 'destroy' },
    before: async (emulator) => {
      before = await inventory(emulator);
    },
  });
});
afterAll(() => gofer?.stop());

const timeout = 400_000;
/** The sweep asks about what had no news for two minutes, and comes every minute. */
const user = () => createUser({ ...gofer, patience: timeout - 10_000 });

test('the outputs tell where everything is', () => {
  expect(gofer.outputs).toMatchObject({
    ApiUrl: expect.stringMatching(/^https:\/\/[^/]+\.execute-api\.us-east-1\.amazonaws\.com\/prod$/),
    TableName: expect.stringMatching(/^Gofer-/),
    ClusterName: expect.stringMatching(/^Gofer-/),
  });
});

describe('what a run takes', () => figures(() => gofer));

describe('the HTTPS API', () => httpApi(() => gofer));

describe('secrets', () => canary(() => gofer));

describe('extensions', () => extensions(() => gofer));

test('30 runs at once: never more than the parallelism of 5, in order, and all end', { timeout }, async () => {
  const { up, begin, finished } = user();
  const pipeline = await up([task('work', 'sleep 0.5')], { parallelism: 5 });
  const refs = await Promise.all(Array.from({ length: 30 }, () => begin(pipeline)));
  const runs = (await Promise.all(refs.map(finished))).map(({ run }) => run).sort((a, b) => a.run_id - b.run_id);
  expect(runs.map(({ run_id, status }) => [run_id, status])).toEqual(
    Array.from({ length: 30 }, (_, i) => [i + 1, 'successful']),
  );
  for (const [i, { started }] of runs.entries()) {
    const earlier = runs.slice(0, i);
    expect(earlier.every((run) => run.started <= started)).toBe(true);
    expect(earlier.filter((run) => run.ended > started).length).toBeLessThan(5);
  }
});

describe('events that come twice, overtake each other, and one in ten never', { timeout }, () => {
  let ended: Finished[];
  let started: number;
  let news: { readonly delivered: number; readonly lost: number };
  beforeAll(async () => {
    await setDelivery(gofer.emulator, { copies: 2, delay: 3, lost: 0.1 });
    try {
      const { client, up, begin, finished } = user();
      started = (await client.extensions.get(staying)).extension.started;
      await keeperOf(gofer).kill(staying);
      const pipeline = await up(dag);
      const refs = await Promise.all([begin(pipeline), begin(pipeline), begin(pipeline)]);
      ended = await Promise.all(refs.map(finished));
      news = await delivered(gofer.emulator);
    } finally {
      await setDelivery(gofer.emulator, {});
    }
  }, timeout);

  test('some were lost, most came twice', () => {
    expect(news.lost).toBeGreaterThan(0);
    expect(news.delivered).toBeGreaterThan(news.lost * 2);
  });

  test('every run ends as it must end', () => {
    for (const { run } of ended)
      expect([run.status, run.status_reason]).toEqual([
        'failed',
        { reason: 'abnormal_exit', description: 'failed: "broken"' },
      ]);
  });

  test('every task ends as it must end, and is started no more often than it must be', () => {
    for (const { tasks } of ended) {
      const found = Object.entries(tasks).map(([id, { status, attempts }]) => [
        id,
        { status, launches: attempts.length },
      ]);
      expect(Object.fromEntries(found)).toEqual(expected);
    }
  });

  test('an extension whose container was killed runs again', async () => {
    const look = async () => (await user().client.extensions.get(staying)).extension;
    await eventually(look, (seen) => seen.state === 'running' && seen.started > started, timeout);
  });

  test('within a sweep every attempt has its exit code, and has ended after it began', async () => {
    const { finished } = user();
    for (const { ref } of ended) {
      const attempts = async () => Object.values((await finished(ref)).tasks).flatMap((each) => each.attempts);
      const found = await eventually(attempts, (seen) => seen.every(({ exit_code }) => exit_code !== null), timeout);
      for (const { exit_code, started, ended } of found)
        expect([typeof exit_code, started > 0, ended >= started]).toEqual(['number', true, true]);
    }
  });
});

test('an update of the stack disturbs no run, and no extension', { timeout }, async () => {
  const { client, up, begin, finished, wrote } = user();
  const extension = await client.extensions.get(staying);
  const pipeline = await up([
    task('before', until('exit 0')),
    task('after', 'echo after', { depends_on: { before: 'Success' } }),
  ]);
  const refs = await Promise.all([begin(pipeline), begin(pipeline), begin(pipeline)]);
  await Promise.all(refs.map((ref) => wrote(ref, 'before', 'ready')));
  await gofer.cdk.deploy({ removalPolicy: 'destroy', logRetention: 90, defaultTimeout: '12h' });
  // Exit code 0 is success, also when it was asked for.
  await Promise.all(refs.map((ref) => client.tasks.cancel({ ...ref, task: 'before' })));
  for (const { run, tasks } of await Promise.all(refs.map(finished))) {
    expect(run.status).toBe('successful');
    expect(Object.values(tasks).map(({ attempts }) => attempts.length)).toEqual([1, 1]);
  }
  expect(await client.extensions.get(staying)).toEqual(extension);
  expect(extension).toMatchObject({ extension: { state: 'running' } });
});

test('cdk destroy, with the setting that nothing is to remain, leaves the account as it was', { timeout }, async () => {
  const { containers } = keeperOf(gofer);
  expect(await containers(staying)).toHaveLength(1);
  await gofer.cdk.destroy();
  expect(await containers(staying)).toEqual([]);
  expect(await inventory(gofer.emulator)).toEqual(before);
});
