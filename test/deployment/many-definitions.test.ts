/** Registering is one call a second on AWS: a deployment of many kinds of tasks outlasts any request, and a sweep. */
import { beforeEach, expect, test } from 'vitest';
import { createSweepHandler } from '../../lambdas/events/sweep.ts';
import { deploy, rollback } from '../../lib/deployment/deploy.ts';
import { deploymentView, getDeployment, listDeployments } from '../../lib/deployment/deployments.ts';
import { answerWithin } from '../../lib/deployment/machine.ts';
import { ensureDefaultNamespace } from '../../lib/namespace/namespaces.ts';
import { getPipeline } from '../../lib/pipeline/pipelines.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import { startRun } from '../../lib/run/start.ts';
import { configOf, createMemoryHome, type MemoryHome } from '../memory-home.ts';

const build = { namespace: 'default', pipeline: 'build' };
const kinds = 100;
const tasks = Array.from({ length: kinds }, (_, i) => ({ id: `task-${i}`, image: `busybox:${i}`, command: ['true'] }));

let home: MemoryHome;
/** Images, one entry a call. */
let asked: string[];

beforeEach(async () => {
  const memory = createMemoryHome();
  asked = [];
  const define: MemoryHome['containers']['define'] = (definition) => {
    asked.push(definition.image);
    memory.pass(1);
    return memory.containers.define(definition);
  };
  home = { ...memory, containers: { ...memory.containers, define } };
  await ensureDefaultNamespace(home);
  await registerConfig(home, { ...build, config: { ...configOf('build'), tasks } });
});

const request = () => ({ ...build, version: 1, until: home.now() + answerWithin });
const stateOf = async (deployment: number) => deploymentView(await getDeployment(home, { ...build, deployment })).state;
const live = async () => (await getPipeline(home, 'default', 'build')).live;
/** As Lambda calls it: each minute, for 55 seconds. */
const sweep = () => {
  const end = home.now() + 55_000;
  return createSweepHandler(home)({}, { getRemainingTimeInMillis: () => end - home.now() });
};
/** How many of them it takes until the version is live. */
async function sweeps(version = 1): Promise<number> {
  for (let count = 1; ; count++) {
    const before = home.now();
    await sweep();
    expect(home.now() - before).toBeLessThan(55_000);
    if ((await live()) === version) return count;
    expect(count).toBeLessThan(10);
  }
}

test('a request is answered in time with a deployment that runs, and sweeps take it to its end', async () => {
  const before = home.now();
  expect(deploymentView(await deploy(home, request()))).toMatchObject({ state: 'Running', status: 'Unknown' });
  expect(home.now() - before).toBeLessThan(20_000);
  expect(await live()).toBeUndefined();
  expect(await sweeps()).toBe(3);
  expect(await stateOf(1)).toBe('Complete');
});

test('what is registered is not asked about again, however often the work is taken up', async () => {
  await deploy(home, request());
  await sweeps();
  expect(asked).toHaveLength(kinds);
});

test('a new deployment asks about everything: somebody may have removed a definition by hand', async () => {
  await deploy(home, { ...build, version: 1 });
  await deploy(home, { ...build, version: 1 });
  expect(asked).toHaveLength(2 * kinds);
});

test('two that wait for each other come to their ends in order', async () => {
  await registerConfig(home, { ...build, config: configOf('build', 'alpine') });
  await deploy(home, request());
  await deploy(home, { ...request(), version: 2 });
  expect(await live()).toBeUndefined();
  await sweeps(2);
  const ends = await listDeployments(home, build);
  expect(ends.map(({ id, start_version, status }) => [id, start_version, status])).toEqual([
    [1, 1, 'successful'],
    [2, 1, 'successful'],
  ]);
});

test('a rollback leads back in the same way', async () => {
  await registerConfig(home, { ...build, config: configOf('build', 'alpine') });
  for (const version of [1, 2]) await deploy(home, { ...build, version });
  expect(await rollback(home, { ...build, until: home.now() + answerWithin })).toMatchObject({ end_version: 1 });
  expect(await live()).toBe(2);
  await sweeps();
});

test('a run of a version that was never deployed is refused until all is registered, and each try comes further', async () => {
  const start = () => startRun(home, { ...build, variables: {}, initiator: { id: '', user: '' } });
  await expect(start()).rejects.toThrow(/^1\d of 100 task definitions are registered.*try again in a minute$/);
  await expect(start()).rejects.toThrow(/^2\d of 100/);
  for (let tries = 0; tries < 7; tries++) await start().catch(() => undefined);
  expect(await start()).toMatchObject({ number: expect.any(Number) });
  expect(asked).toHaveLength(kinds);
});
