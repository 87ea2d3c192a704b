import { describe, expect, test } from 'vitest';
import { sweepTokens } from '../../lib/access/expiry.ts';
import { deleteToken } from '../../lib/access/token-deletion.ts';
import { createToken, listTokens } from '../../lib/access/tokens.ts';
import { listEvents } from '../../lib/events/events.ts';
import { tokenExpiriesPartition } from '../../lib/store/items/access.ts';
import { eventsPartition } from '../../lib/store/items/event.ts';
import { createMemoryHome, dyingAtEachWrite } from '../memory-home.ts';
import { startGuarded, startWithToken } from './world.ts';

describe('every change of access', () => {
  const kinds = async (home: Parameters<typeof listEvents>[0]) => (await listEvents(home)).map(({ kind }) => kind);

  test('is an event that says who made it, for those who ask for such', async () => {
    const { admin, home, id } = await startWithToken();
    const { json } = await admin('GET /api/tokens/whoami');
    const by_token_id = (json as { token: { id: string } }).token.id;
    await admin(`PATCH /api/tokens/${id}`, { body: { disabled: true } });
    await admin(`PATCH /api/tokens/${id}`, { body: { disabled: true } });
    await admin(`PATCH /api/tokens/${id}`, { body: { disabled: false } });
    await admin(`DELETE /api/tokens/${id}`);
    await admin('POST /api/roles', { body: { id: 'readers', description: '', permissions: [] } });
    await admin('PATCH /api/roles/readers', { body: { description: 'May look.' } });
    const details = { token_id: id, user: 'ci', by_token_id };
    expect((await kinds(home)).slice(-6)).toEqual([
      { created_token: details },
      { disabled_token: details },
      { enabled_token: details },
      { deleted_token: details },
      { created_role: { role_id: 'readers' } },
      { updated_role: { role_id: 'readers', by_token_id } },
    ]);
    const known = JSON.stringify((await admin('GET /api/events')).json);
    expect(known).toContain('created_role');
    expect(known).not.toMatch(/_token"|updated_role/);
    expect(JSON.stringify((await admin('GET /api/events?kinds=extended')).json)).toContain('deleted_token');
  });

  test('names who made it, also when another asks for the same', async () => {
    const { admin, withRoles, home, id } = await startWithToken();
    const { json } = await admin('GET /api/tokens/whoami');
    const by_token_id = (json as { token: { id: string } }).token.id;
    const { send: another } = await withRoles('admin');
    await admin('POST /api/roles', { body: { id: 'readers', description: '', permissions: [] } });
    for (const send of [admin, another]) {
      expect(await send(`PATCH /api/tokens/${id}`, { body: { disabled: true } })).toMatchObject({ status: 204 });
      const change = { body: { description: 'May look.' } };
      expect(await send('PATCH /api/roles/readers', change)).toMatchObject({ status: 200 });
    }
    const changes = (await kinds(home)).filter((kind) => 'disabled_token' in kind || 'updated_role' in kind);
    expect(changes).toEqual([
      { disabled_token: { token_id: id, user: 'ci', by_token_id } },
      { updated_role: { role_id: 'readers', by_token_id } },
    ]);
  });

  test('is shown to those alone who may read of it', async () => {
    const { admin, withPermissions } = await startWithToken();
    await admin('POST /api/roles', { body: { id: 'readers', description: '', permissions: [] } });
    const readEvents = { resources: ['events', 'namespaces:^default$'], actions: ['read'] as const };
    const few = await withPermissions(readEvents);
    const more = await withPermissions({ ...readEvents, resources: ['events', 'tokens', 'permissions'] });
    const seen = async (send: typeof few) => JSON.stringify((await send('GET /api/events?kinds=extended')).json);
    expect(await seen(few)).toContain('created_namespace');
    expect(await seen(few)).not.toMatch(/role|token/);
    expect(await seen(more)).not.toContain('created_namespace');
    expect(await seen(more)).toMatch(/created_role.*created_token|created_token.*created_role/);
  });

  test('is told, wherever who made it died', async () => {
    let id = '';
    await dyingAtEachWrite(
      async (home) => {
        id = (await createToken(home, { user: 'ci', roles: [] })).token.id;
      },
      (home) => deleteToken(home, id),
      async (home) => {
        await deleteToken(home, id).catch(() => undefined);
        expect(await listTokens(home)).toEqual([]);
        expect(await kinds(home)).toContainEqual({ deleted_token: { token_id: id, user: 'ci' } });
      },
    );
  });

  /** An API whose events can't be written until `mend` is called. */
  const startWithoutEvents = async () => {
    const home = createMemoryHome();
    let broken = false;
    const put: typeof home.table.put = async (item, condition) => {
      if (broken && item.pk.startsWith(eventsPartition(home.now()))) throw new Error('the table does not answer');
      return home.table.put(item, condition);
    };
    const world = await startGuarded({ ...home, table: { ...home.table, put } });
    const { id } = (await createToken(home, { user: 'ci', roles: ['user'] })).token;
    const { json } = await world.admin('GET /api/tokens/whoami');
    const by_token_id = (json as { token: { id: string } }).token.id;
    broken = true;
    expect(await world.admin(`DELETE /api/tokens/${id}`)).toMatchObject({ status: 500 });
    broken = false;
    return { ...world, id, told: { deleted_token: { token_id: id, user: 'ci', by_token_id } } };
  };

  test('is told when the request that failed comes again, and once', async () => {
    const { admin, withRoles, id, home, told } = await startWithoutEvents();
    expect(await admin(`GET /api/tokens/${id}`)).toMatchObject({ status: 404 });
    const { send: another } = await withRoles('admin');
    expect(await another(`DELETE /api/tokens/${id}`)).toMatchObject({ status: 204 });
    expect(await another(`DELETE /api/tokens/${id}`)).toMatchObject({ status: 404 });
    const deleted = (await kinds(home)).filter((kind) => 'deleted_token' in kind);
    expect(deleted).toEqual([told]);
  });

  test('is told by expiry when nobody comes again', async () => {
    const { id, home, told } = await startWithoutEvents();
    home.pass(61);
    expect(await sweepTokens(home)).toMatchObject({ errors: [] });
    expect(await kinds(home)).toContainEqual(told);
    expect((await home.table.query('TOKENS')).map((item) => item['id'])).not.toContain(id);
    expect(await home.table.query(tokenExpiriesPartition)).toEqual([]);
  });
});
