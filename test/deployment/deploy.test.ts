import { beforeEach, describe, expect, test } from 'vitest';
import { deploy } from '../../lib/deployment/deploy.ts';
import { deploymentView, getDeployment, listDeployments } from '../../lib/deployment/deployments.ts';
import { sweepDeployments } from '../../lib/deployment/sweep.ts';
import { listEvents } from '../../lib/events/events.ts';
import { deleteVersion, listVersions, versionView } from '../../lib/pipeline/versions.ts';
import { createMemoryTable } from '../../lib/store/memory.ts';
import {
  createMemoryHome,
  dyingAtEachWrite,
  dyingTable,
  interleavedTable,
  type MemoryHome,
  seeds,
} from '../memory-home.ts';

import { build, freshHome, outcomes, pipelineOf, prepare, states, to } from './three-versions.ts';

const told = async (home: MemoryHome) =>
  (await listEvents(home)).flatMap(({ kind }) => {
    if ('started_deployment' in kind) return [`started to ${kind.started_deployment.end_version}`];
    if ('completed_deployment' in kind) return [`completed to ${kind.completed_deployment.end_version}`];
    return [];
  });

let home: MemoryHome;
beforeEach(async () => {
  home = await freshHome();
});

describe('a deployment', () => {
  test('is answered as it begins, and leads to a live version', async () => {
    const record = await deploy(home, to(1));
    const { started } = record;
    const begun = {
      namespace_id: 'default',
      pipeline_id: 'build',
      deployment_id: 1,
      start_version: 1,
      end_version: 1,
      started,
    };
    expect(deploymentView(record)).toEqual({
      ...begun,
      ended: 0,
      state: 'Running',
      status: 'Unknown',
      status_reason: null,
      logs: [],
    });
    const done = await getDeployment(home, { ...build, deployment: 1 });
    expect(deploymentView(done)).toEqual({
      ...begun,
      ended: expect.any(Number),
      state: 'Complete',
      status: 'Successful',
      status_reason: null,
      logs: [],
    });
    expect(done.ended).toBeGreaterThan(started);
    expect(await pipelineOf(home)).toMatchObject({ live: 1, parallelism: 1 });
    expect(home.ensured.size).toBe(1);
    expect([...home.defined]).toEqual(['busybox:1']);
  });

  test('deprecates the version before', async () => {
    await deploy(home, to(1));
    await deploy(home, to(2));
    expect(await states(home)).toEqual(['deprecated', 'live', 'unreleased']);
    const pipeline = await pipelineOf(home);
    const [first, second] = await listVersions(home, pipeline, { reverse: true });
    expect(first && versionView(pipeline, first).deprecated).toBeGreaterThan(0);
    expect(second && versionView(pipeline, second).deprecated).toBe(0);
    expect(await outcomes(home)).toEqual(['1: 1 to 1 successful', '2: 1 to 2 successful']);
    expect(pipeline.parallelism).toBe(2);
    expect(await told(home)).toEqual(['started to 1', 'completed to 1', 'started to 2', 'completed to 2']);
  });

  test('to an older version makes that live again', async () => {
    for (const version of [1, 2, 1]) await deploy(home, to(version));
    expect(await states(home)).toEqual(['live', 'deprecated', 'unreleased']);
    const pipeline = await pipelineOf(home);
    expect(
      versionView(pipeline, (await listVersions(home, pipeline, { reverse: true }))[0] ?? expect.fail()).deprecated,
    ).toBe(0);
  });

  test('of the live version changes nothing', async () => {
    await deploy(home, to(1));
    await deploy(home, to(1));
    expect(await states(home)).toEqual(['live', 'unreleased', 'unreleased']);
    expect(await outcomes(home)).toEqual(['1: 1 to 1 successful', '2: 1 to 1 successful']);
  });

  test('shares the machine of a version with the same tasks', async () => {
    await deploy(home, to(1));
    await deploy(home, to(2));
    expect(home.ensured.size).toBe(1);
  });

  test('of what does not exist is refused and leaves no record', async () => {
    await expect(deploy(home, to(9))).rejects.toThrow('version "9" does not exist in pipeline "build"');
    await expect(deploy(home, { ...to(1), pipeline: 'other' })).rejects.toMatchObject({ status: 404 });
    await expect(getDeployment(home, { ...build, deployment: 1 })).rejects.toMatchObject({ status: 404 });
    expect(await listDeployments(home, build)).toEqual([]);
  });

  test('whose machine can not be made has failed and says why; the old version stays live', async () => {
    let broken = false;
    const home = await freshHome({
      onEnsure: () => {
        if (broken) throw new Error('no such role');
      },
    });
    await deploy(home, to(1));
    broken = true;
    await deploy(home, to(2));
    const failed = await getDeployment(home, { ...build, deployment: 2 });
    expect(deploymentView(failed)).toMatchObject({
      state: 'Complete',
      status: 'Failed',
      status_reason: { reason: 'Unknown', description: 'no such role' },
    });
    expect(await states(home)).toEqual(['live', 'unreleased', 'unreleased']);
    broken = false;
    await deploy(home, to(2));
    expect(await states(home)).toEqual(['deprecated', 'live', 'unreleased']);
    expect((await told(home)).filter((text) => text === 'completed to 2')).toHaveLength(2);
  });

  test('is listed in order, in pages', async () => {
    for (const version of [1, 2, 3]) await deploy(home, to(version));
    const ids = async (page: object) => (await listDeployments(home, build, page)).map(({ id }) => id);
    expect(await ids({ limit: 2 })).toEqual([1, 2]);
    expect(await ids({ offset: 1, limit: 1, reverse: true })).toEqual([2]);
  });
});

describe('deployments at once', () => {
  test.each(seeds(40))('get a number each and take effect in that order, whoever does the work (%i)', async (seed) => {
    const at = { ...home, table: interleavedTable(home.table, seed) };
    const order = [1, 2, 3, 1, 2];
    const sweeper = { ...at, settings: { ...at.settings, quiet: 0 } };
    await Promise.all([...order.map((version) => deploy(at, to(version))), sweepDeployments(sweeper)]);
    const deployments = await listDeployments(home, build);
    expect(deployments.map(({ id, status }) => `${id} ${status}`)).toEqual(order.map((_, i) => `${i + 1} successful`));
    for (const [i, { start_version }] of deployments.entries())
      expect(start_version).toBe((deployments[i - 1] ?? deployments[0])?.end_version);
    const last = deployments.at(-1)?.end_version ?? 0;
    expect(await pipelineOf(home)).toMatchObject({ live: last, last_deployment: order.length, parallelism: last });
    expect(await states(home)).toEqual([1, 2, 3].map((version) => (version === last ? 'live' : 'deprecated')));
    const replaced = (version: number) =>
      deployments.findLast(({ start_version, end_version }) => start_version === version && end_version !== version);
    for (const { version, deprecated } of await listVersions(home, await pipelineOf(home)))
      if (version !== last) expect(deprecated).toBe(replaced(version)?.ready);
    expect(await home.table.swept('deployment')).toEqual([]);
    expect(await told(home)).toHaveLength(2 * order.length);
  });

  test.each(seeds(40))('with a deletion of the version never leave a live version that is gone (%i)', async (seed) => {
    const at = { ...home, table: interleavedTable(home.table, seed) };
    await deploy(home, to(1));
    const [, deleted] = await Promise.allSettled([deploy(at, to(2)), deleteVersion(at, to(2))]);
    const [last] = (await listDeployments(home, build)).slice(1);
    const gone = deleted.status === 'fulfilled';
    expect(await pipelineOf(home)).toMatchObject({ live: gone ? 1 : 2 });
    if (last) expect(last.status).toBe(gone ? 'failed' : 'successful');
    expect(await states(home)).toHaveLength(gone ? 2 : 3);
  });
});

describe('a deployment that died', () => {
  const check = async (home: MemoryHome) => {
    expect(await states(home)).toEqual(['deprecated', 'live', 'unreleased']);
    expect((await outcomes(home)).at(-1)).toMatch(/to 2 successful$/);
    const events = await told(home);
    const { length } = await listDeployments(home, build);
    for (const word of ['started', 'completed'])
      expect(events.filter((event) => event.startsWith(word))).toHaveLength(length);
    expect(await pipelineOf(home)).toMatchObject({ live: 2, parallelism: 2 });
    expect(await home.table.swept('deployment')).toEqual([]);
  };
  const begin = async (home: MemoryHome) => {
    await prepare(home);
    await deploy(home, to(1));
  };

  test('anywhere after its record was written is finished by the sweep, and by nobody before', async () => {
    const writes = await dyingAtEachWrite(
      begin,
      (home) => deploy(home, to(2)),
      async (home, fatal) => {
        expect(await sweepDeployments(home)).toEqual([]);
        home.pass(121);
        const swept = await sweepDeployments(home);
        expect(swept).toHaveLength(fatal === 1 ? 0 : 1);
        if (swept.length) await check(home);
      },
    );
    expect(writes).toBeGreaterThanOrEqual(8);
  });

  test('anywhere is made good by deploying again', async () => {
    await dyingAtEachWrite(
      begin,
      (home) => deploy(home, to(2)),
      async (home) => {
        await deploy(home, to(2));
        await check(home);
      },
    );
  });

  test('twice, in the sweep too, is finished in the end', async () => {
    for (let first = 2; first <= 8; first++) {
      for (let second = 1; second <= 8; second++) {
        const table = createMemoryTable();
        const home = createMemoryHome({ table });
        await begin(home);
        await deploy({ ...home, table: dyingTable(table, first) }, to(2)).catch(() => {});
        home.pass(121);
        await sweepDeployments({ ...home, table: dyingTable(table, second) }).catch(() => {});
        await sweepDeployments(home);
        await check(home);
      }
    }
  });
});
