import { describe, expect, test } from 'vitest';
import { deploy } from '../../lib/deployment/deploy.ts';
import { listEvents } from '../../lib/events/events.ts';
import { createNamespace, ensureDefaultNamespace } from '../../lib/namespace/namespaces.ts';
import { deletePipeline } from '../../lib/pipeline/delete.ts';
import { getPipeline, listPipelines } from '../../lib/pipeline/pipelines.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import { readConfig } from '../../lib/pipeline/stored.ts';
import { deleteVersion, getVersion, listVersions, versionView } from '../../lib/pipeline/versions.ts';
import { createMemoryTable } from '../../lib/store/memory.ts';
import {
  configOf,
  createMemoryHome,
  dyingAtEachWrite,
  dyingTable,
  interleavedTable,
  type MemoryHome,
  type MemoryHomeOptions,
  seeds,
} from '../memory-home.ts';

async function freshHome(options: MemoryHomeOptions = {}) {
  const home = createMemoryHome(options);
  await ensureDefaultNamespace(home);
  return home;
}

const register = (home: MemoryHome, image?: string, more?: Readonly<Record<string, unknown>>) =>
  registerConfig(home, { namespace: 'default', pipeline: 'build', config: configOf('build', image, more) });
const versions = async (home: MemoryHome) =>
  (await listVersions(home, await getPipeline(home, 'default', 'build'))).map(({ version }) => version);

describe('a registration', () => {
  test('creates the pipeline when it is new, and counts its versions', async () => {
    const home = await freshHome();
    const first = await register(home, 'busybox:1', { parallelism: 3 });
    expect(first).toMatchObject({ created: true, warnings: [], config: { version: 1 } });
    expect(first.pipeline).toMatchObject({
      id: 'build',
      state: 'active',
      modified: 0,
      last_version: 1,
      parallelism: 3,
    });
    expect(first.pipeline.uid).toMatch(/^[a-z0-9]{12}$/);
    const second = await register(home, 'busybox:2', { parallelism: 5 });
    expect(second).toMatchObject({ created: true, config: { version: 2 } });
    expect(second.pipeline).toMatchObject({ uid: first.pipeline.uid, last_version: 2, parallelism: 5 });
    expect(await versions(home)).toEqual([2, 1]);
  });

  test('of the newest content again yields the version that has it', async () => {
    const home = await freshHome();
    await register(home, 'busybox:1');
    const { config } = await register(home, 'busybox:2');
    expect(await register(home, 'busybox:2')).toMatchObject({ created: false, config });
    expect(await register(home, 'busybox:1')).toMatchObject({ created: true, config: { version: 3 } });
  });

  test('shows in the contract’s words', async () => {
    const home = await freshHome();
    const { pipeline, config } = await register(home);
    expect(versionView(pipeline, config)).toMatchObject({
      namespace_id: 'default',
      pipeline_id: 'build',
      version: 1,
      state: 'unreleased',
      deprecated: 0,
      tasks: { only: { image: 'busybox', command: ['true'], registry_auth: null } },
    });
  });

  test('stores no password', async () => {
    const table = createMemoryTable();
    const home = await freshHome({ table });
    const registry_auth = { user: 'ann', pass: 'very secret' };
    await register(home, 'busybox', { tasks: [{ id: 'only', image: 'busybox', registry_auth }] });
    const stored = [...table.partitions.values()].flatMap((items) => [...items.values()]);
    expect(JSON.stringify(stored)).not.toContain('very secret');
    const { config } = await register(home, 'busybox', {
      tasks: [{ id: 'only', image: 'busybox', registry_auth: { ...registry_auth, pass: 'another' } }],
    });
    expect(readConfig(config).tasks[0]?.registry_auth).toEqual({ user: 'ann', pass: '' });
    expect(config.version).toBe(1);
  });

  test('keeps a config that is far larger than an item, compressed', async () => {
    const home = await freshHome();
    const tasks = Array.from({ length: 400 }, (_, i) => ({
      id: `task-${i}`,
      image: 'busybox',
      command: ['x'.repeat(2000)],
    }));
    const { config } = await register(home, 'busybox', { tasks });
    expect(config.config.length).toBeLessThan(350_000);
    expect(readConfig(config).tasks[399]).toMatchObject({ id: 'task-399', command: ['x'.repeat(2000)] });
  });
});

describe('a registration is refused', () => {
  test('in a namespace that does not exist', async () => {
    const home = await freshHome();
    const wanted = { namespace: 'nothing', pipeline: 'build', config: configOf('build') };
    await expect(registerConfig(home, wanted)).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining('namespace "nothing" does not exist'),
    });
  });

  test('when the address names another pipeline than the config', async () => {
    const home = await freshHome();
    const wanted = { namespace: 'default', pipeline: 'other', config: configOf('build') };
    await expect(registerConfig(home, wanted)).rejects.toThrow(
      'the config\'s id is "build", but the address names pipeline "other"',
    );
    expect(await listPipelines(home, 'default')).toEqual([]);
  });

  test('when the config is wrong, and nothing is stored', async () => {
    const home = await freshHome();
    const config = { ...configOf('build'), tasks: [] };
    await expect(registerConfig(home, { namespace: 'default', pipeline: 'build', config })).rejects.toMatchObject({
      status: 400,
    });
    expect(await listPipelines(home, 'default')).toEqual([]);
  });

  test('on AWS beyond its limits; one machine warns', async () => {
    const retry = { attempts: 10, interval: 1 };
    const tasks = Array.from({ length: 1500 }, (_, i) => ({ id: `task-${i}`, image: 'busybox', retry }));
    const local = await register(await freshHome(), 'busybox', { tasks });
    expect(local.warnings.length).toBeGreaterThan(0);
    const aws = await freshHome({ settings: { kind: 'aws' } });
    await expect(register(aws, 'busybox', { tasks })).rejects.toMatchObject({ status: 400 });
  });

  test('on AWS with a command that is too long for a launch; one machine warns', async () => {
    const tasks = [{ id: 'only', image: 'busybox', command: ['x'.repeat(9000)] }];
    expect((await register(await freshHome(), 'busybox', { tasks })).warnings.join()).toContain('AWS allows 8192');
    const aws = await freshHome({ settings: { kind: 'aws' } });
    await expect(register(aws, 'busybox', { tasks })).rejects.toThrow('AWS allows 8192');
  });

  test('when the content can not be stored', async () => {
    const home = await freshHome();
    const noise = () => Array.from({ length: 2000 }, () => Math.floor(home.random() * 36 ** 6).toString(36)).join('');
    const tasks = Array.from({ length: 60 }, (_, i) => ({ id: `task-${i}`, image: 'busybox', description: noise() }));
    await expect(register(home, 'busybox', { tasks })).rejects.toThrow('can be stored');
  });
});

describe('registrations at once', () => {
  test.each(seeds(25))('of different content get consecutive versions, none shared or lost (%i)', async (seed) => {
    const home = await freshHome();
    const at = { ...home, table: interleavedTable(home.table, seed) };
    const registered = await Promise.all(Array.from({ length: 10 }, (_, i) => register(at, `busybox:${i}`)));
    const numbers = registered.map(({ config }) => config.version).sort((a, b) => a - b);
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(new Set(registered.map(({ pipeline }) => pipeline.uid)).size).toBe(1);
    const pipeline = await getPipeline(home, 'default', 'build');
    expect(pipeline.last_version).toBe(10);
    for (const [i, { config }] of registered.entries())
      expect(readConfig(await getVersion(home, pipeline, config.version)).tasks[0]?.image).toBe(`busybox:${i}`);
  });

  test('of the same content share one', async () => {
    const home = await freshHome();
    await register(home, 'busybox:0');
    const registered = await Promise.all(Array.from({ length: 10 }, () => register(home, 'busybox:1')));
    expect(new Set(registered.map(({ config }) => config.version))).toEqual(new Set([2]));
  });
});

test('a registration that died anywhere is repaired by repeating it', async () => {
  const facts = async (home: MemoryHome) => ({
    pipelines: (await listPipelines(home, 'default')).map(({ id, last_version, parallelism }) => ({
      id,
      last_version,
      parallelism,
    })),
    versions: await versions(home),
    events: (await listEvents(home)).flatMap(({ kind }) => Object.keys(kind)),
  });
  const start = async (home: MemoryHome) => ensureDefaultNamespace(home);
  const first = await dyingAtEachWrite(
    start,
    (home) => register(home, 'busybox:1', { parallelism: 2 }),
    async (home) => {
      await register(home, 'busybox:1', { parallelism: 2 });
      expect(await facts(home)).toEqual({
        pipelines: [{ id: 'build', last_version: 1, parallelism: 2 }],
        versions: [1],
        events: ['created_namespace', 'created_pipeline'],
      });
    },
  );
  const second = await dyingAtEachWrite(
    async (home) => {
      await start(home);
      await register(home, 'busybox:1');
    },
    (home) => register(home, 'busybox:2', { parallelism: 2 }),
    async (home) => {
      await register(home, 'busybox:2', { parallelism: 2 });
      expect(await facts(home)).toMatchObject({ pipelines: [{ last_version: 2, parallelism: 2 }], versions: [2, 1] });
    },
  );
  expect([first, second].every((writes) => writes >= 2)).toBe(true);
});

describe('a version', () => {
  test('that is unknown is named, with the newest', async () => {
    const home = await freshHome();
    const { pipeline } = await register(home);
    await expect(getVersion(home, pipeline, 7)).rejects.toThrow(
      'version "7" does not exist in pipeline "build"; its newest is 1',
    );
  });

  test('can be deleted, and its number is not given again', async () => {
    const home = await freshHome();
    for (const image of ['a', 'b', 'c']) await register(home, image);
    const wanted = { namespace: 'default', pipeline: 'build' };
    await expect(deleteVersion(home, { ...wanted, version: 3 })).rejects.toThrow(
      'is what runs use until one is deployed',
    );
    await deploy(home, { ...wanted, version: 1 });
    await deleteVersion(home, { ...wanted, version: 3 });
    expect(await versions(home)).toEqual([2, 1]);
    await expect(deleteVersion(home, { ...wanted, version: 3 })).rejects.toMatchObject({ status: 404 });
    expect((await register(home, 'd')).config.version).toBe(4);
  });

  test('whose registration died half-way can be deleted, and its number is not given again', async () => {
    const home = await freshHome();
    await register(home, 'a');
    await expect(register({ ...home, table: dyingTable(home.table, 2) }, 'b')).rejects.toThrow('died');
    await deleteVersion(home, { namespace: 'default', pipeline: 'build', version: 2 });
    expect((await register(home, 'c')).config.version).toBe(3);
  });

  test('that is registered does not touch what the live one set', async () => {
    const home = await freshHome();
    await register(home, 'a', { parallelism: 1 });
    await deploy(home, { namespace: 'default', pipeline: 'build', version: 1 });
    expect((await register(home, 'b', { parallelism: 2 })).pipeline).toMatchObject({
      live: 1,
      last_version: 2,
      parallelism: 1,
    });
  });
});

test('a pipeline made again under a name that was deleted begins at version 1, as another one', async () => {
  const home = await freshHome();
  const before = await register(home, 'a');
  await register(home, 'b');
  await deletePipeline(home, 'default', 'build');
  const after = await register(home, 'c');
  expect(after.config.version).toBe(1);
  expect(after.pipeline.uid).not.toBe(before.pipeline.uid);
  expect(await versions(home)).toEqual([1]);
});

test('pipelines of the same name in two namespaces are two', async () => {
  const home = await freshHome();
  await createNamespace(home, { id: 'team-x', name: '', description: '' });
  await register(home, 'a');
  await register(home, 'b');
  const other = await registerConfig(home, { namespace: 'team-x', pipeline: 'build', config: configOf('build') });
  expect(other.config.version).toBe(1);
});
