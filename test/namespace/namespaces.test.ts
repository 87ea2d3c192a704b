import { describe, expect, test } from 'vitest';
import { listEvents } from '../../lib/events/events.ts';
import {
  createNamespace,
  deleteNamespace,
  ensureDefaultNamespace,
  getNamespace,
  listNamespaces,
  namespaceView,
  updateNamespace,
} from '../../lib/namespace/namespaces.ts';
import { deletePipeline } from '../../lib/pipeline/delete.ts';
import { getPipeline } from '../../lib/pipeline/pipelines.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import { listVersions } from '../../lib/pipeline/versions.ts';
import {
  configOf,
  createMemoryHome,
  dyingAtEachWrite,
  interleavedTable,
  type MemoryHome,
  seeds,
} from '../memory-home.ts';

const team = { id: 'team-x', name: 'Team X', description: 'd' };
const kinds = async (home: MemoryHome) => (await listEvents(home)).flatMap(({ kind }) => Object.keys(kind));

test('a fresh install has the namespace "default", once', async () => {
  const home = createMemoryHome();
  await Promise.all([ensureDefaultNamespace(home), ensureDefaultNamespace(home)]);
  await ensureDefaultNamespace(home);
  expect((await listNamespaces(home)).map(({ id }) => id)).toEqual(['default']);
  expect(await kinds(home)).toEqual(['created_namespace']);
});

describe('a namespace', () => {
  test('is created, found, changed and listed', async () => {
    const home = createMemoryHome();
    const { created } = await createNamespace(home, team);
    expect(namespaceView(await getNamespace(home, 'team-x'))).toEqual({ ...team, created, modified: 0 });
    const changed = await updateNamespace(home, 'team-x', { name: 'Team Y' });
    expect(namespaceView(changed)).toMatchObject({ name: 'Team Y', description: 'd', created });
    expect(changed.modified).toBeGreaterThan(created);
    await createNamespace(home, { ...team, id: 'aaa' });
    expect((await listNamespaces(home)).map(({ id }) => id)).toEqual(['aaa', 'team-x']);
    expect((await listNamespaces(home, { offset: 1 })).map(({ id }) => id)).toEqual(['team-x']);
    expect((await listNamespaces(home, { reverse: true, limit: 1 })).map(({ id }) => id)).toEqual(['team-x']);
  });

  test('is created once by many at once', async () => {
    const home = createMemoryHome();
    const attempts = await Promise.allSettled(Array.from({ length: 5 }, () => createNamespace(home, team)));
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(createNamespace(home, team)).rejects.toMatchObject({ status: 409 });
    expect(await kinds(home)).toEqual(['created_namespace']);
  });

  test.each(['x', 'a_b c', 'a'.repeat(33), ''])('can not be called "%s"', async (id) => {
    const refused = createNamespace(createMemoryHome(), { ...team, id });
    await expect(refused).rejects.toThrow('must be 3 to 32 letters, digits or hyphens');
  });

  test('that is unknown is named, with the one that was meant', async () => {
    const home = createMemoryHome();
    await createNamespace(home, team);
    await expect(getNamespace(home, 'teamx')).rejects.toThrow(
      'namespace "teamx" does not exist; did you mean "team-x"?',
    );
    await expect(updateNamespace(home, 'other', {})).rejects.toMatchObject({ status: 404 });
    await expect(deleteNamespace(home, 'other')).rejects.toMatchObject({ status: 404 });
  });

  test('goes when it is empty, and its name is free again', async () => {
    const home = createMemoryHome();
    await createNamespace(home, team);
    await deleteNamespace(home, 'team-x');
    await expect(getNamespace(home, 'team-x')).rejects.toMatchObject({ status: 404 });
    await createNamespace(home, team);
    expect(await kinds(home)).toEqual(['created_namespace', 'deleted_namespace', 'created_namespace']);
  });

  test('stays while it holds a pipeline', async () => {
    const home = createMemoryHome();
    await createNamespace(home, team);
    await registerConfig(home, { namespace: 'team-x', pipeline: 'build', config: configOf('build') });
    await expect(deleteNamespace(home, 'team-x')).rejects.toThrow('still holds pipeline "build"');
    await deletePipeline(home, 'team-x', 'build');
    await deleteNamespace(home, 'team-x');
  });

  test('that is "default" can not be deleted', async () => {
    const home = createMemoryHome();
    await ensureDefaultNamespace(home);
    await expect(deleteNamespace(home, 'default')).rejects.toMatchObject({ status: 409 });
  });

  test.each(seeds(60))('deleted while two register in it goes, or keeps what they registered (%i)', async (seed) => {
    const home = createMemoryHome();
    await createNamespace(home, team);
    const at = { ...home, table: interleavedTable(home.table, seed) };
    const register = (image: string) =>
      registerConfig(at, { namespace: 'team-x', pipeline: 'build', config: configOf('build', image) });
    const work = [register('a'), deleteNamespace(at, 'team-x'), register('b')] as const;
    const [first, deleted, second] = await Promise.allSettled(work);
    if (deleted.status === 'rejected') {
      expect([first.status, second.status]).toEqual(['fulfilled', 'fulfilled']);
      const pipeline = await getPipeline(home, 'team-x', 'build');
      expect(await listVersions(home, pipeline)).toHaveLength(2);
    } else {
      expect([first.status, second.status]).toEqual(['rejected', 'rejected']);
      expect(await home.table.query('NAMESPACE#team-x')).toEqual([]);
    }
  });
});

test('creating or deleting a namespace is repaired by repeating it, wherever it died', async () => {
  const nothing = async () => {};
  const creation = await dyingAtEachWrite(
    nothing,
    (home) => createNamespace(home, team),
    async (home) => {
      await createNamespace(home, team).catch(() => {});
      expect(await kinds(home)).toEqual(['created_namespace']);
    },
  );
  const deletion = await dyingAtEachWrite(
    async (home) => void (await createNamespace(home, team)),
    (home) => deleteNamespace(home, 'team-x'),
    async (home) => {
      await deleteNamespace(home, 'team-x');
      expect(await listNamespaces(home)).toEqual([]);
      expect(await kinds(home)).toEqual(['created_namespace', 'deleted_namespace']);
    },
  );
  expect([creation, deletion]).toEqual([2, 4]);
});
