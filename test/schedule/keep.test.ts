import { beforeEach, describe, expect, test } from 'vitest';
import { createSweepHandler } from '../../lambdas/events/sweep.ts';
import { deploy, rollback } from '../../lib/deployment/deploy.ts';
import { deployManaged, releaseManaged } from '../../lib/deployment/managed.ts';
import type { Home } from '../../lib/home.ts';
import { ensureDefaultNamespace } from '../../lib/namespace/namespaces.ts';
import { deletePipeline } from '../../lib/pipeline/delete.ts';
import { findPipeline, setPipelineState } from '../../lib/pipeline/pipelines.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import { configOf, createMemoryHome, dyingAtEachWrite, type MemoryHome } from '../memory-home.ts';

const nightly = { namespace: 'default', pipeline: 'nightly' };
const to = (version: number) => ({ ...nightly, version });
const disabled = { ...nightly, state: 'disabled' };
const enabled = { ...nightly, state: 'active' };
const three = '0 3 * * *';
const four = '0 4 * * *';

/** Versions 1 and 2 come at three, 3 at four, 4 not at all. */
const schedules = [[three], [three], [four], undefined];
const configs = schedules.map((schedule, i) => configOf('nightly', `busybox:${i + 1}`, schedule && { schedule }));

async function prepare(home: Home) {
  await ensureDefaultNamespace(home);
  for (const config of configs) await registerConfig(home, { ...nightly, config });
}

let home: MemoryHome;
/** How often the port was asked. */
let calls: number;
beforeEach(async () => {
  const memory = createMemoryHome();
  calls = 0;
  const counted: Home['schedules'] = {
    set: (uid, inputs) => {
      calls++;
      return memory.schedules.set(uid, inputs);
    },
  };
  home = { ...memory, schedules: counted };
  await prepare(home);
});

const cronsOf = ({ scheduled }: MemoryHome) => [...scheduled.values()].flat().map(({ cron }) => cron);
const sweep = async (swept: MemoryHome) => {
  swept.pass(200);
  await createSweepHandler(swept)();
};

describe('the schedule of the live version holds', () => {
  test('a version that is only registered has none', () => {
    expect(calls).toBe(0);
  });

  test('from its deployment on, with all that its runs need', async () => {
    await deploy(home, to(1));
    const pipeline = await findPipeline(home, 'default', 'nightly');
    expect([...home.scheduled]).toEqual([[pipeline?.uid, [{ v: 1, ...nightly, uid: pipeline?.uid, cron: three }]]]);
  });

  test('until another is deployed, or the one before', async () => {
    await deploy(home, to(1));
    await deploy(home, to(3));
    expect(cronsOf(home)).toEqual([four]);
    await rollback(home, nightly);
    expect(cronsOf(home)).toEqual([three]);
    await deploy(home, to(4));
    expect(cronsOf(home)).toEqual([]);
  });

  test('not while the pipeline is disabled', async () => {
    await deploy(home, to(1));
    await setPipelineState(home, disabled);
    expect(cronsOf(home)).toEqual([]);
    await deploy(home, to(3));
    expect(cronsOf(home)).toEqual([]);
    await setPipelineState(home, enabled);
    expect(cronsOf(home)).toEqual([four]);
  });

  test('not when the pipeline is deleted; one made again has its own', async () => {
    await deploy(home, to(1));
    await deletePipeline(home, 'default', 'nightly');
    expect(cronsOf(home)).toEqual([]);
    await registerConfig(home, { ...nightly, config: configs[2] });
    await deploy(home, to(1));
    await sweep(home);
    expect(cronsOf(home)).toEqual([four]);
  });
});

describe('the port is asked only when something changes', () => {
  test('not for pipelines without a schedule', async () => {
    await deploy(home, to(4));
    await setPipelineState(home, disabled);
    await setPipelineState(home, enabled);
    await deletePipeline(home, 'default', 'nightly');
    await sweep(home);
    expect(calls).toBe(0);
  });

  test('not for a version with the same schedule', async () => {
    await deploy(home, to(1));
    await sweep(home);
    const before = calls;
    await deploy(home, to(2));
    await sweep(home);
    expect([calls, cronsOf(home)]).toEqual([before, [three]]);
  });

  test('by the sweep once for a change, when all who worked then have ended', async () => {
    await deploy(home, to(1));
    await createSweepHandler(home)();
    expect(calls).toBe(1);
    await sweep(home);
    await sweep(home);
    expect(calls).toBe(2);
  });
});

describe('whatever goes wrong, the sweep sets what should be', () => {
  test('after a worker that was late with an older schedule', async () => {
    await deploy(home, to(1));
    const late = new Map(home.scheduled);
    await deploy(home, to(4));
    for (const [uid, inputs] of late) await home.schedules.set(uid, inputs);
    expect(cronsOf(home)).toEqual([three]);
    await sweep(home);
    expect(cronsOf(home)).toEqual([]);
  });

  test('after a failure of the port, which fails no deployment; one of the sweep is told and tried again', async () => {
    const broken: Home['schedules'] = { set: () => Promise.reject(new Error('throttled')) };
    await deploy({ ...home, schedules: broken }, to(1));
    expect((await findPipeline(home, 'default', 'nightly'))?.live).toBe(1);
    home.pass(200);
    await expect(createSweepHandler({ ...home, schedules: broken })()).rejects.toThrow(
      'sweep: schedule of default/nightly',
    );
    expect(cronsOf(home)).toEqual([]);
    await sweep(home);
    expect(cronsOf(home)).toEqual([three]);
  });

  test.each<[string, (home: Home) => Promise<unknown>]>([
    ['a first deployment', (dying) => deploy(dying, to(1))],
    ['a deployment of another schedule', (dying) => deploy(dying, to(1)).then(() => deploy(dying, to(3)))],
    ['one of none', (dying) => deploy(dying, to(1)).then(() => deploy(dying, to(4)))],
    ['disabling', (dying) => deploy(dying, to(1)).then(() => setPipelineState(dying, disabled))],
    [
      'enabling',
      async (dying) => {
        await setPipelineState(dying, disabled);
        await deploy(dying, to(1));
        await setPipelineState(dying, enabled);
      },
    ],
    ['deleting', (dying) => deploy(dying, to(1)).then(() => deletePipeline(dying, 'default', 'nightly'))],
  ])('after a process that died before any write of %s', async (_, work) => {
    const writes = await dyingAtEachWrite(prepare, work, async (left) => {
      await sweep(left);
      await sweep(left);
      const pipeline = await findPipeline(left, 'default', 'nightly');
      const expected = pipeline?.state === 'active' && pipeline.live ? (schedules[pipeline.live - 1] ?? []) : [];
      expect(cronsOf(left)).toEqual(expected);
    });
    expect(writes).toBeGreaterThan(3);
  });
});

describe('a pipeline that a stack keeps', () => {
  const manager = { stack: 'Team', resource: 'Nightly' };

  test('is started by the stack’s own rules', async () => {
    const weekly = { ...nightly, pipeline: 'weekly' };
    await deployManaged(home, { ...weekly, config: configOf('weekly', 'busybox', { schedule: three }), manager });
    await sweep(home);
    expect(calls).toBe(0);
  });

  test('has no schedule left of the time before; the API’s holds again when the stack has let go', async () => {
    await deploy(home, to(1));
    await deployManaged(home, { ...nightly, config: configs[1], manager });
    await sweep(home);
    expect(cronsOf(home)).toEqual([]);
    await releaseManaged(home, { ...nightly, manager });
    await setPipelineState(home, enabled);
    expect(cronsOf(home)).toEqual([three]);
  });
});
