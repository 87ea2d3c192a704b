import { describe, expect, test } from 'vitest';
import { createRole, deleteRole, getRole, updateRole } from '../../lib/access/roles.ts';
import { listEvents } from '../../lib/events/events.ts';
import { dyingAtEachWrite, type MemoryHome } from '../memory-home.ts';
import { startGuarded } from './world.ts';

const readers = {
  id: 'readers',
  description: 'May look.',
  permissions: [{ resources: ['namespaces:^team-.*', 'pipelines:.*'], actions: ['read'] as const }],
};

describe('roles', () => {
  test('are created, listed, changed and deleted, and told of', async () => {
    const { admin, home } = await startGuarded();
    const role = { ...readers, system_role: false };
    expect(await admin('POST /api/roles', { body: readers })).toMatchObject({ status: 201, json: { role } });
    const listed = (await admin('GET /api/roles')).json as { roles: { id: string }[] };
    expect(listed.roles.map(({ id }) => id)).toEqual(['bootstrap', 'admin', 'user', 'anonymous', 'readers']);
    const changed = await admin('PATCH /api/roles/readers', { body: { description: 'Reads.', permissions: null } });
    expect(changed).toMatchObject({ status: 200, json: { role: { ...role, description: 'Reads.' } } });
    expect(await admin('DELETE /api/roles/readers')).toMatchObject({ status: 204 });
    expect(await admin('GET /api/roles/readers')).toMatchObject({ status: 404 });
    expect(await admin('DELETE /api/roles/readers')).toMatchObject({ status: 404 });
    const kinds = (await listEvents(home)).map(({ kind }) => kind);
    expect(kinds).toEqual(
      expect.arrayContaining([{ created_role: { role_id: 'readers' } }, { deleted_role: { role_id: 'readers' } }]),
    );
  });

  test.each([
    ['a resource that isn’t known', ['namespace:^a'], 'did you mean "namespaces"?'],
    ['a pattern where there is nothing to name', ['runs:^1$'], 'only namespaces, pipelines, extensions take a pattern'],
    ['a pattern that can’t be read', ['namespaces:(a'], 'a ) is missing'],
    ['a pattern that looks back', ['namespaces:(a)\\1'], '\\1 is not known'],
    ['a pattern that grows without bounds', ['pipelines:((a{99}){99}){99}'], 'too large'],
    ['more than fits', Array.from({ length: 2_000 }, () => 'namespaces:^team-'), '16384 are allowed'],
  ])('are refused with %s', async (_, resources, message) => {
    const { admin } = await startGuarded();
    const body = { ...readers, permissions: [{ resources, actions: ['read'] }] };
    const refused = { status: 400, json: { message: expect.stringContaining(message) } };
    expect(await admin('POST /api/roles', { body })).toMatchObject(refused);
    await admin('POST /api/roles', { body: readers });
    expect(await admin('PATCH /api/roles/readers', { body: { permissions: body.permissions } })).toMatchObject(refused);
  });

  test('are refused with an action or an id that can’t be', async () => {
    const { admin } = await startGuarded();
    const permissions = [{ resources: ['runs'], actions: ['execute'] }];
    expect(await admin('POST /api/roles', { body: { ...readers, permissions } })).toMatchObject({ status: 400 });
    expect(await admin('POST /api/roles', { body: { ...readers, id: 'a b' } })).toMatchObject({ status: 400 });
    await admin('POST /api/roles', { body: readers });
    expect(await admin('POST /api/roles', { body: readers })).toMatchObject({ status: 409 });
    expect(await admin('PATCH /api/roles/reader', { body: {} })).toMatchObject({
      status: 404,
      json: { message: 'role "reader" does not exist; did you mean "readers"?' },
    });
  });

  test('of Gofer’s own stay as they are', async () => {
    const { admin } = await startGuarded();
    for (const id of ['bootstrap', 'admin', 'user', 'anonymous']) {
      expect(await admin('POST /api/roles', { body: { ...readers, id } })).toMatchObject({ status: 409 });
      expect(await admin(`PATCH /api/roles/${id}`, { body: { description: '' } })).toMatchObject({ status: 409 });
      expect(await admin(`DELETE /api/roles/${id}`)).toMatchObject({ status: 409 });
    }
  });

  test('that change, change what tokens may, at once on one machine', async () => {
    const { admin, withRoles } = await startGuarded();
    await admin('POST /api/roles', { body: { ...readers, permissions: [] } });
    const { send } = await withRoles('readers');
    expect(await send('GET /api/namespaces')).toMatchObject({ status: 401 });
    await admin('PATCH /api/roles/readers', { body: { permissions: readers.permissions } });
    expect(await send('GET /api/namespaces')).toMatchObject({ status: 200 });
    await admin('DELETE /api/roles/readers');
    expect(await send('GET /api/namespaces')).toMatchObject({ status: 401 });
  });
});

test('a role is gone in the end, and told of, wherever its deletion died', async () => {
  await dyingAtEachWrite(
    async (home) => void (await createRole(home, readers)),
    (home) => deleteRole(home, 'readers'),
    async (home) => {
      await deleteRole(home, 'readers').catch(() => undefined);
      await expect(getRole(home, 'readers')).rejects.toMatchObject({ status: 404 });
      expect((await listEvents(home)).map(({ kind }) => kind)).toContainEqual({ deleted_role: { role_id: 'readers' } });
      await expect(createRole(home, readers)).resolves.toMatchObject({ id: 'readers' });
    },
  );
});

describe('a change of a role whose maker died', () => {
  const one = { description: 'One.' };
  const updates = async (home: MemoryHome) =>
    (await listEvents(home)).flatMap(({ kind }) => ('updated_role' in kind ? [kind.updated_role.by_token_id] : []));
  const dying = (afterwards: (home: MemoryHome) => Promise<void>) =>
    dyingAtEachWrite(
      async (home) => void (await createRole(home, readers)),
      (home) => updateRole(home, 'readers', one, 'first'),
      afterwards,
    );

  test('is told once, and as theirs if it was theirs, when it is asked for again', () =>
    dying(async (home) => {
      const made = (await getRole(home, 'readers')).description === 'One.';
      await updateRole(home, 'readers', one, 'second');
      await updateRole(home, 'readers', one, 'third');
      expect(await updates(home)).toEqual([made ? 'first' : 'second']);
    }));

  test.each([
    ['with the next change', (home: MemoryHome) => updateRole(home, 'readers', { description: 'Two.' }), [undefined]],
    ['with its deletion', (home: MemoryHome) => deleteRole(home, 'readers'), []],
  ])('is told %s', async (_, next, more) => {
    await dying(async (home) => {
      const made = (await getRole(home, 'readers')).description === 'One.';
      home.pass(1);
      await next(home);
      expect(await updates(home)).toEqual([...(made ? ['first'] : []), ...more]);
    });
  });
});
