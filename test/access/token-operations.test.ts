import { describe, expect, test, vi } from 'vitest';
import { createAuthenticate, remembered } from '../../lib/access/caller.ts';
import { sweepTokens } from '../../lib/access/expiry.ts';
import { deleteToken } from '../../lib/access/token-deletion.ts';
import { authenticate, listTokens, setTokenDisabled } from '../../lib/access/tokens.ts';
import { tokenExpiriesPartition } from '../../lib/store/items/access.ts';
import { createMemoryHome } from '../memory-home.ts';
import { type Created, startGuarded, startWithToken, tokenOfCi } from './world.ts';

describe('a token', () => {
  test('is made, seen, switched off and on, and deleted', async () => {
    const { admin, ci, id } = await startWithToken();
    expect(await ci('GET /api/namespaces')).toMatchObject({ status: 200 });
    const seen = await admin(`GET /api/tokens/${id}`);
    expect(seen).toMatchObject({ status: 200, json: { token: { ...tokenOfCi, expires: expect.any(Number), id } } });
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
    const answer = await admin('POST /api/tokens', { body: { ...tokenOfCi, ...more } });
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
    expect(await ann('POST /api/tokens', { body: tokenOfCi })).toMatchObject(forbidden);
    expect(await ann('POST /api/tokens', { body: { ...tokenOfCi, roles: ['admin'] } })).toMatchObject(forbidden);
    expect(await ann(`PATCH /api/tokens/${id}`, { body: { disabled: true } })).toMatchObject(forbidden);
    expect(await ann(`DELETE /api/tokens/${id}`)).toMatchObject(forbidden);
    expect(await ann('POST /api/tokens', { body: { ...tokenOfCi, roles: ['role-1'] } })).toMatchObject({ status: 201 });
    expect(await admin('POST /api/tokens', { body: { ...tokenOfCi, roles: ['role-1'] } })).toMatchObject({
      status: 201,
    });
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
      send('POST /api/tokens', { body: { ...tokenOfCi, roles, expires } });
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
    const { json } = await admin('POST /api/tokens', { body: { ...tokenOfCi, expires: 10 } });
    const ci = as((json as unknown as Created).secret);
    expect(await ci('GET /api/namespaces')).toMatchObject({ status: 200 });
    home.pass(11);
    expect(await ci('GET /api/namespaces')).toMatchObject({ status: 401 });
  });
});
