import { beforeEach, describe, expect, test } from 'vitest';
import { listEvents } from '../../lib/events/events.ts';
import { ensureDefaultNamespace } from '../../lib/namespace/namespaces.ts';
import { deletePipeline } from '../../lib/pipeline/delete.ts';
import { getPipeline, listPipelines, pipelineView, setPipelineState } from '../../lib/pipeline/pipelines.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import { findRun } from '../../lib/run/load.ts';
import { startRun } from '../../lib/run/start.ts';
import { configOf, createMemoryHome, dyingAtEachWrite, type MemoryHome } from '../memory-home.ts';

const build = { namespace: 'default', pipeline: 'build' };
const kinds = async (home: MemoryHome) => (await listEvents(home)).flatMap(({ kind }) => Object.keys(kind)).slice(2);
const start = (home: MemoryHome) =>
  startRun(home, { ...build, variables: {}, initiator: { id: 'test', user: 'test' } });

async function prepare(home: MemoryHome) {
  await ensureDefaultNamespace(home);
  await registerConfig(home, { ...build, config: configOf('build') });
}

let home: MemoryHome;
beforeEach(async () => {
  home = createMemoryHome();
  await prepare(home);
});

describe('a pipeline', () => {
  test('shows in the contract’s words', async () => {
    const { created } = await getPipeline(home, 'default', 'build');
    expect(pipelineView(await getPipeline(home, 'default', 'build'))).toEqual({
      namespace_id: 'default',
      pipeline_id: 'build',
      created,
      modified: 0,
      state: 'active',
    });
  });

  test('that is unknown is named, with the one that was meant, or with its unknown namespace', async () => {
    await expect(getPipeline(home, 'default', 'biuld')).rejects.toThrow(
      'pipeline "biuld" does not exist in namespace "default"; did you mean "build"?',
    );
    await expect(getPipeline(home, 'defualt', 'build')).rejects.toThrow('namespace "defualt" does not exist');
    await expect(listPipelines(home, 'nothing')).rejects.toMatchObject({ status: 404 });
  });

  test('is listed by id, in pages', async () => {
    for (const id of ['aaa', 'zzz'])
      await registerConfig(home, { namespace: 'default', pipeline: id, config: configOf(id) });
    const ids = async (page = {}) => (await listPipelines(home, 'default', page)).map(({ id }) => id);
    expect(await ids()).toEqual(['aaa', 'build', 'zzz']);
    expect(await ids({ limit: 1, offset: 1 })).toEqual(['build']);
    expect(await ids({ limit: 2, reverse: true })).toEqual(['zzz', 'build']);
  });

  test('is disabled and enabled, each of which is told once', async () => {
    const disabled = await setPipelineState(home, { ...build, state: 'disabled' });
    expect(disabled).toMatchObject({ state: 'disabled', modified: expect.any(Number) });
    await expect(start(home)).rejects.toMatchObject({ status: 503 });
    expect(await setPipelineState(home, { ...build, state: 'disabled' })).toEqual(disabled);
    await setPipelineState(home, { ...build, state: 'active' });
    await start(home);
    expect((await kinds(home)).slice(0, 2)).toEqual(['disabled_pipeline', 'enabled_pipeline']);
  });

  test.each(['unknown', 'Active', ''])('takes no state "%s"', async (state) => {
    await expect(setPipelineState(home, { ...build, state })).rejects.toThrow('use "active" or "disabled"');
  });
});

describe('deleting a pipeline', () => {
  test('removes it, and its name can be used again', async () => {
    await deletePipeline(home, 'default', 'build');
    await expect(getPipeline(home, 'default', 'build')).rejects.toMatchObject({ status: 404 });
    await expect(deletePipeline(home, 'default', 'build')).rejects.toMatchObject({ status: 404 });
    expect(await kinds(home)).toEqual(['deleted_pipeline']);
    await prepare(home);
  });

  test('cancels its runs, those that run and those that wait', async () => {
    await registerConfig(home, { ...build, config: configOf('build', 'busybox', { parallelism: 1 }) });
    const runs = [await start(home), await start(home), await start(home)];
    await deletePipeline(home, 'default', 'build');
    for (const { uid, number } of runs)
      expect(await findRun(home, uid, number)).toMatchObject({ state: 'complete', status: 'cancelled' });
  });

  test('that died anywhere is finished by deleting it again', async () => {
    const writes = await dyingAtEachWrite(
      async (home) => {
        await prepare(home);
        await start(home);
      },
      (home) => deletePipeline(home, 'default', 'build'),
      async (home) => {
        await deletePipeline(home, 'default', 'build').catch(() => {});
        expect(await listPipelines(home, 'default')).toEqual([]);
        expect((await kinds(home)).filter((kind) => kind === 'deleted_pipeline')).toHaveLength(1);
      },
    );
    expect(writes).toBeGreaterThanOrEqual(3);
  });

  test('that died half-way leaves it disabled for good: no runs, versions or enabling', async () => {
    const containers = { ...home.containers, list: () => Promise.reject(new Error('the process died here')) };
    await start(home);
    await expect(deletePipeline({ ...home, containers }, 'default', 'build')).rejects.toThrow('died');
    await expect(start(home)).rejects.toMatchObject({ status: 503 });
    await expect(setPipelineState(home, { ...build, state: 'active' })).rejects.toThrow('is being deleted');
    await expect(prepare(home)).rejects.toThrow('is being deleted');
  });
});
