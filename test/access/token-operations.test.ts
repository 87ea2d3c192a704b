import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createAuthenticate, remembered } from '../../lib/access/caller.ts';
import { sweepTokens } from '../../lib/access/expiry.ts';
import { deleteToken } from '../../lib/access/token-deletion.ts';
import { authenticate, createToken, listTokens, setTokenDisabled } from '../../lib/access/tokens.ts';
import { listEvents } from '../../lib/events/events.ts';
import { createNamespace } from '../../lib/namespace/namespaces.ts';
import { tokenExpiriesPartition } from '../../lib/store/items/access.ts';
import { eventsPartition } from '../../lib/store/items/event.ts';
import { createMemoryHome, dyingAtEachWrite } from '../memory-home.ts';
import { startGuarded } from './world.ts';

type Created = { readonly token_details: { readonly id: string }; readonly secret: string };

const body = { user: 'ci', roles: ['user'], expires: 3600, metadata: { team: 'web' } };

async function startWithToken(more: object = {}) {
  const world = await startGuarded();
  const { json } = await world.admin('POST /api/tokens', { body: { ...body, ...more } });
  const { token_details: details, secret } = json as unknown as Created;
  return { ...world, id: details.id, secret, ci: world.as(secret) };
}

describe('a token', () => {
  test('is made, seen, switched off and on, and deleted', async () => {
    const { admin, ci, id } = await startWithToken();
    expect(await ci('GET /api/namespaces')).toMatchObject({ status: 200 });
    const seen = await admin(`GET /api/tokens/${id}`);
    expect(seen).toMatchObject({ status: 200, json: { token: { ...body, expires: expect.any(Number), id } } });
    expect(JSON.stringify((await admin('GET /api/tokens')).json)).not.toMatch(/secret|gofer_/);
    expect(await admin(`PATCH /api/tokens/${id}`, { body: { disabled: true } })).toMatchObject({ status: 204 });
    expect(await ci('GET /api/namespaces')).toMatchObject({ status: 401, json: { error_code: 'unauthenticated' } });
    await admin(`PATCH /api/tokens/${id}`, { body: { disabled: null } });
    expect(await ci('GET /api/namespaces')).toMatchObject({ status: 401 });
    await admin(`PATCH /api/tokens/${id}`, { body: { disabled: false } });
    expect(await ci('GET /api/namespaces')).toMatchObject({ status: 200 });
    expect(await admin(`DELETE /api/tokens/${id}`)).toMatchObject({ status: 204 });
    expect(await ci('GET /api/namespaces')).toMatchObject({ status: 401 });
    expect(await admin(`GET /api/tokens/${id}`)).toMatchObject({ status: 404 });
    expect(await admin(`DELETE /api/tokens/${id}`)).toMatchObject({ status: 404 });
  });

  test.each([
    ['a role that doesn’t exist', { roles: ['usr'] }, 'role "usr" does not exist; did you mean "user"?'],
    ['no user', { user: '' }, '1 to 128 characters'],
    ['a user that can’t be shown', { user: 'a\u0000b' }, '1 to 128 characters'],
    ['an expiry in the past', { expires: -1 }, 'expires'],
    ['an expiry after all times', { expires: 1e12 }, 'more than a hundred years'],
    ['more metadata than fits', { metadata: { note: 'x'.repeat(5_000) } }, '4096 are allowed'],
    ['more roles than fit', { roles: Array.from({ length: 21 }, () => 'user') }, '20 are allowed'],
    ['a field that isn’t known', { role: 'user' }, 'did you mean "roles"?'],
  ])('is refused with %s', async (_, more, message) => {
    const { admin } = await startGuarded();
    const answer = await admin('POST /api/tokens', { body: { ...body, ...more } });
    expect(answer).toMatchObject({ status: 400, json: { message: expect.stringContaining(message) } });
  });

  test('tells who it is, whatever its roles', async () => {
    const { ci, id, withRoles } = await startWithToken();
    expect(await ci('GET /api/tokens/whoami')).toMatchObject({ status: 200, json: { token: { id, user: 'ci' } } });
    const { send, token } = await withRoles();
    expect((await send('GET /api/tokens/whoami')).json).toMatchObject({ token: { id: token.id } });
  });

  test('of another installation is nobody’s here', async () => {
    const { secret } = await startWithToken();
    const { as } = await startGuarded();
    expect(await as(secret)('GET /api/namespaces')).toMatchObject({ status: 401 });
  });

  test('is seen to be in use, to the hour, by one write', async () => {
    const { admin, ci, home, id } = await startWithToken({ expires: 0 });
    const lastUsed = async () =>
      ((await admin(`GET /api/tokens/${id}`)).json as { token: { last_used?: number } }).token.last_used;
    expect(await lastUsed()).toBeUndefined();
    await ci('GET /api/namespaces');
    const first = await lastUsed();
    expect(first).toEqual(expect.any(Number));
    home.pass(3_000);
    await ci('GET /api/namespaces');
    expect(await lastUsed()).toBe(first);
    home.pass(1_000);
    await ci('GET /api/namespaces');
    expect(await lastUsed()).toBeGreaterThan(first ?? 0);
  });

  test('is as good as ever where its use can’t be written down', async () => {
    const { secret, home } = await startWithToken({ expires: 0 });
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const update = () => Promise.reject(new Error('not authorized to perform: dynamodb:UpdateItem'));
    const authenticate = createAuthenticate({ ...home, table: { ...home.table, update } });
    expect(await authenticate(`Bearer ${secret}`)).toMatchObject({ user: 'ci' });
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('not written down'), expect.any(Error));
    warned.mockRestore();
  });

  test('is not brought back by a note of its use', async () => {
    const { home, id, secret } = await startWithToken();
    const late: (() => Promise<void>)[] = [];
    const { as } = await startGuarded({ ...home, afterwards: async (work) => void late.push(work) });
    await as(secret)('GET /api/namespaces');
    await deleteToken(home, id);
    for (const work of late) await work();
    expect(await authenticate(home, `Bearer ${secret}`)).toBeUndefined();
    expect((await listTokens(home)).map((token) => token.id)).not.toContain(id);
  });
});

describe('whoever may make tokens', () => {
  const keeper = { resources: ['tokens'], actions: ['read', 'write', 'delete'] as const };

  test('gives only roles that it has itself', async () => {
    const { withPermissions, admin, id } = await startWithToken();
    const ann = await withPermissions(keeper);
    const forbidden = { status: 401, json: { error_code: 'forbidden' } };
    expect(await ann('POST /api/tokens', { body })).toMatchObject(forbidden);
    expect(await ann('POST /api/tokens', { body: { ...body, roles: ['admin'] } })).toMatchObject(forbidden);
    expect(await ann(`PATCH /api/tokens/${id}`, { body: { disabled: true } })).toMatchObject(forbidden);
    expect(await ann(`DELETE /api/tokens/${id}`)).toMatchObject(forbidden);
    expect(await ann('POST /api/tokens', { body: { ...body, roles: ['role-1'] } })).toMatchObject({ status: 201 });
    expect(await admin('POST /api/tokens', { body: { ...body, roles: ['role-1'] } })).toMatchObject({ status: 201 });
  });
});

describe('whoever may make tokens, with one that expires', () => {
  const keeper = { resources: ['tokens'], actions: ['write'] as const };
  const forbidden = (message: string) => ({
    status: 401,
    json: { error_code: 'forbidden', message: expect.stringContaining(message) },
  });

  test('makes none that lasts longer, nor learns which roles there are', async () => {
    const { admin, as, withPermissions } = await startGuarded();
    await withPermissions(keeper);
    const made = async (send: typeof admin, expires: number, roles = ['role-1']) =>
      send('POST /api/tokens', { body: { ...body, roles, expires } });
    const { secret } = (await made(admin, 3600)).json as unknown as Created;
    const ann = as(secret);
    expect(await made(ann, 0)).toMatchObject(forbidden('expires 0 (never) is beyond the end of your own token'));
    expect(await made(ann, 7200)).toMatchObject(forbidden('expires 7200 is beyond the end of your own token'));
    expect(await made(ann, 600)).toMatchObject({ status: 201 });
    expect(await made(ann, 600, ['usr'])).toMatchObject(forbidden('usr is not among yours (role-1)'));
    const brief = await made(admin, 3600, ['admin']);
    expect(await made(as((brief.json as unknown as Created).secret), 0)).toMatchObject({ status: 201 });
  });
});

describe('a token that has expired', () => {
  test('is refused at once, and removed by the sweep', async () => {
    const { home, ci, id, admin } = await startWithToken();
    home.pass(3_500);
    expect(await sweepTokens(home)).toMatchObject({ done: 0, errors: [] });
    home.pass(200);
    expect(await ci('GET /api/namespaces')).toMatchObject({ status: 401 });
    expect(await admin(`GET /api/tokens/${id}`)).toMatchObject({ status: 404 });
    expect(await sweepTokens(home)).toMatchObject({ done: 1, errors: [] });
    expect(await home.table.query(tokenExpiriesPartition)).toEqual([]);
    expect((await home.table.query('TOKENS')).map((item) => item['id'])).not.toContain(id);
  });
});

describe('a function that remembers callers', () => {
  test('lets nobody in for longer than that', async () => {
    const home = createMemoryHome();
    const { as, withRoles } = await startGuarded(home, remembered);
    const { token, secret } = await withRoles('user');
    expect(await as(secret)('GET /api/namespaces')).toMatchObject({ status: 200 });
    await setTokenDisabled(home, token.id, true);
    expect(await as(secret)('GET /api/namespaces')).toMatchObject({ status: 200 });
    home.pass(15);
    expect(await as(secret)('GET /api/namespaces')).toMatchObject({ status: 401 });
    await setTokenDisabled(home, token.id, false);
    expect(await as(secret)('GET /api/namespaces')).toMatchObject({ status: 200 });
  });

  test('lets nobody in whose token has expired meanwhile', async () => {
    const home = createMemoryHome();
    const { admin, as } = await startGuarded(home, remembered);
    const { json } = await admin('POST /api/tokens', { body: { ...body, expires: 10 } });
    const ci = as((json as unknown as Created).secret);
    expect(await ci('GET /api/namespaces')).toMatchObject({ status: 200 });
    home.pass(11);
    expect(await ci('GET /api/namespaces')).toMatchObject({ status: 401 });
  });
});

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

test('an event of a namespace that one may not read is as one that never was', async () => {
  const { admin, withPermissions, namespaceWith, home } = await startGuarded();
  await namespaceWith('secret-ns', 'build');
  const ann = await withPermissions({ resources: ['events', 'namespaces:^default$'], actions: ['read', 'delete'] });
  const hidden = (await listEvents(home)).find(({ kind }) => JSON.stringify(kind).includes('secret-ns'));
  const gone = { status: 404, json: { message: `event "${hidden?.id}" does not exist` } };
  expect(await admin(`GET /api/events/${hidden?.id}`)).toMatchObject({ status: 200 });
  expect(await ann(`GET /api/events/${hidden?.id}`)).toMatchObject(gone);
  expect(await ann(`DELETE /api/events/${hidden?.id}`)).toMatchObject(gone);
});

describe('an event', () => {
  const may = (actions: readonly ('read' | 'write' | 'delete')[], ...resources: string[]) => ({ resources, actions });
  const startWithEvents = async () => {
    const world = await startGuarded();
    for (const id of ['dev', 'prod']) await world.namespaceWith(id, 'build');
    const all = await listEvents(world.home);
    const of = (text: string) => `/api/events/${all.find(({ kind }) => JSON.stringify(kind).includes(text))?.id}`;
    return { ...world, of };
  };
  const forbidden = { status: 401, json: { error_code: 'forbidden' } };

  test('is deleted by those alone who may delete events where it happened', async () => {
    const { withPermissions, of } = await startWithEvents();
    const ann = await withPermissions(
      may(['read', 'delete'], 'namespaces:^dev$', 'pipelines', 'events'),
      may(['read'], 'namespaces:^prod$', 'pipelines', 'events'),
    );
    const [dev, prod] = [of('created_pipeline":{"namespace_id":"dev'), of('created_pipeline":{"namespace_id":"prod')];
    expect(await ann(`DELETE ${prod}`)).toMatchObject({
      ...forbidden,
      json: { message: expect.stringContaining('delete namespaces:prod, pipelines:build, events') },
    });
    expect(await ann(`GET ${prod}`)).toMatchObject({ status: 200 });
    expect(await ann(`DELETE ${dev}`)).toMatchObject({ status: 204 });
    expect(await ann(`GET ${dev}`)).toMatchObject({ status: 404 });
  });

  test('of a pipeline is not deleted by who may delete those of another', async () => {
    const { withPermissions, of } = await startWithEvents();
    const ann = await withPermissions(
      may(['read'], 'namespaces:^dev$', 'pipelines', 'events'),
      may(['delete'], 'namespaces:^dev$', 'pipelines:^other$', 'events'),
    );
    expect(await ann(`DELETE ${of('created_pipeline":{"namespace_id":"dev')}`)).toMatchObject(forbidden);
  });

  test('of a token is not deleted by who may only read of tokens', async () => {
    const { withPermissions, of, admin } = await startWithEvents();
    const ann = await withPermissions(
      may(['read', 'delete'], 'namespaces', 'pipelines', 'events'),
      may(['read'], 'tokens'),
    );
    const made = of('created_token');
    expect(await ann(`DELETE ${made}`)).toMatchObject(forbidden);
    expect(await admin(`DELETE ${made}`)).toMatchObject({ status: 204 });
  });
});

test('a stream of events shows no more of a namespace that its reader may read no longer', async () => {
  const { admin, withPermissions, home } = await startGuarded();
  const permissions = (namespaces: string) => [
    { resources: ['events', `namespaces:${namespaces}`], actions: ['read'] as const },
  ];
  const ann = await withPermissions(...permissions('.*'));
  const { result } = await ann('GET /api/events?history=true', { headers: { accept: 'text/event-stream' } });
  if (!result.stream || !('bytes' in result.stream)) throw new Error('this is no stream');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const left = new AbortController();
  const read = result.stream.bytes(left.signal)[Symbol.asyncIterator]();
  const readUntil = async (id: string) => {
    for (let text = ''; ; ) {
      text += Buffer.from((await read.next()).value ?? []).toString();
      if (text.includes(`"${id}"`)) return text;
    }
  };
  const create = (id: string) => createNamespace(home, { id, name: id, description: '' });
  await create('secret-one');
  await readUntil('secret-one');
  await admin('PATCH /api/roles/role-1', { body: { permissions: permissions('^open') } });
  await vi.advanceTimersByTimeAsync(14_000);
  await create('secret-two');
  await create('open-one');
  expect(await readUntil('open-one')).not.toContain('secret');
  left.abort();
  await read.return?.();
});
