import { expect, test } from 'vitest';
import { createAuthenticate } from '../../lib/access/caller.ts';
import { bootstrapToken } from '../../lib/access/tokens.ts';
import type { Home } from '../../lib/home.ts';
import { createMemoryHome } from '../memory-home.ts';
import { buildConfig, configs, runs, startApi } from './client.ts';

const send = await startApi();

test('every answer has a request id, errors repeat it', async () => {
  const fine = await send('GET /api/namespaces');
  const wrong = await send('GET /api/namespaces/nothing');
  expect(fine.headers['x-request-id']).toBe('request-1');
  expect(wrong.headers['x-request-id']).toBe('request-1');
  expect(wrong.json).toEqual({
    request_id: 'request-1',
    message: expect.stringContaining('"nothing" does not exist'),
    error_code: 'not_found',
  });
});

test('an absent version header means v0, an unknown version is refused by name', async () => {
  expect((await send('GET /api/namespaces')).status).toBe(200);
  expect((await send('GET /api/namespaces', { headers: { 'Gofer-API-Version': 'v0' } })).status).toBe(200);
  const unknown = await send('GET /api/namespaces', { headers: { 'gofer-api-version': 'v9' } });
  expect(unknown.status).toBe(400);
  expect(unknown.json['message']).toBe('header gofer-api-version: "v9" is not known; known are v0');
});

test('an unknown route is a 404, a wrong method a 405 that lists the right ones', async () => {
  expect((await send('GET /api/nothing')).status).toBe(404);
  const wrong = await send('PUT /api/namespaces/default');
  expect(wrong.status).toBe(405);
  expect(wrong.headers['allow']).toBe('OPTIONS, GET, HEAD, PATCH, DELETE');
  expect(wrong.json['error_code']).toBe('method_not_allowed');
});

test('HEAD is GET without a body, OPTIONS lists the methods', async () => {
  const head = await send('HEAD /api/namespaces');
  expect(head).toMatchObject({ status: 200, headers: { 'x-request-id': 'request-1' }, result: { body: '' } });
  const options = await send('OPTIONS /api/namespaces');
  expect(options).toMatchObject({ status: 204, headers: { allow: 'OPTIONS, GET, HEAD, POST' } });
});

test('works under a stage path', async () => {
  expect((await send('GET /prod/api/namespaces/default')).status).toBe(200);
  expect((await send('GET /prod/api/nothing')).status).toBe(404);
});

test('malformed JSON is a 400 that says where', async () => {
  const { status, json } = await send('POST /api/namespaces', { raw: '{"id": "team",\n "name" }' });
  expect(status).toBe(400);
  expect(json['message']).toMatch(/^the body is not JSON: .*line 2 column 9/);
});

test('a body of another type, too large or absent is refused with what to do', async () => {
  const form = { raw: 'id=team', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
  expect(await send('POST /api/namespaces', form)).toMatchObject({ status: 415 });
  const large = { config: { ...buildConfig, description: 'x'.repeat(1024 * 1024) } };
  const refused = await send(`POST ${configs}`, { body: large });
  expect(refused).toMatchObject({ status: 413, json: { error_code: 'too_large' } });
  expect(refused.json['message']).toContain('more than the 1048576 that are allowed');
  expect(await send('POST /api/namespaces')).toMatchObject({
    status: 400,
    json: { message: 'a JSON body is needed, with id, name, description' },
  });
});

test('all problems of a request are told at once, each with its place', async () => {
  const { status, json } = await send('POST /api/namespaces', { body: { id: 7, nam: 'x', description: '' } });
  expect(status).toBe(400);
  expect(json['message']).toContain('body id: expected string, received number, got 7');
  expect(json['message']).toContain('body name: is missing');
  expect(json['message']).toContain('unknown field "nam"; did you mean "name"?');
});

test.each([
  ['POST /api/secrets/global', [{ key: 'k', content: 'hunter2' }]],
  ['POST /api/secrets/global', 'hunter2'],
  ['POST /api/secrets/global', { key: 'k', content: ['hunter2'], namespaces: [], force: false }],
  ['POST /api/namespaces', { id: { of: 'hunter2' }, name: 'x', description: '' }],
  ['POST /api/extensions', { id: 'e', image: 'i', settings: {}, registry_auth: 'user:hunter2' }],
  ['POST /api/extensions', { id: 'e', image: 'i', settings: {}, registry_auth: { user: 'me', pass: ['hunter2'] } }],
  ['POST /api/extensions', { id: 'e', image: 'i', settings: {}, registry_auth: { user: 'me', pass: 3141592 } }],
  [`POST ${configs}`, { config: withAuth('user:hunter2') }],
  [`POST ${configs}`, { config: withAuth({ user: 'me', pass: 3141592 }) }],
])('what may be a secret is not repeated where it is wrong: %s %j', async (line, body) => {
  const { status, json } = await send(line, { body });
  expect(status).toBe(400);
  expect(json['message']).toMatch(/expected|must be/);
  expect(json['message']).not.toMatch(/hunter2|3141592/);
});

function withAuth(registry_auth: unknown) {
  return { id: 'build', tasks: [{ id: 'one', image: 'busybox', registry_auth }] };
}

test('a body of lists in lists without end is refused', async () => {
  const deep = `${'['.repeat(300_000)}${']'.repeat(300_000)}`;
  const refused = { status: 400, json: { message: expect.stringContaining('more than 100 lists or objects') } };
  expect(await send('POST /api/namespaces', { raw: deep })).toMatchObject(refused);
  expect(await send(`POST ${configs}`, { raw: `{"config":${deep}}` })).toMatchObject(refused);
  expect(await send('POST /api/namespaces', { raw: '['.repeat(300_000) })).toMatchObject({ status: 400 });
});

test.each([
  ['limit=abc', 'query limit: expected number, received string, got "abc"'],
  ['limit=-1', 'query limit: expected number to be >=0, got -1'],
  ['limit=1.5', 'query limit: expected int, received number, got 1.5'],
  ['limit=5000', 'query limit: expected number to be <=1000, got 5000'],
  ['offset=x&reverse=maybe', 'query reverse: expected boolean, received string, got "maybe"'],
])('a bad page is refused: %s', async (query, message) => {
  await send(`POST ${configs}`, { body: { config: buildConfig } });
  const { status, json } = await send(`GET ${runs}?${query}`);
  expect(status).toBe(400);
  expect(json['message']).toContain(message);
});

test('a number in the path is a number, and an encoding that is none is refused', async () => {
  expect(await send(`GET ${runs}/abc`)).toMatchObject({ status: 400 });
  expect(await send('GET /api/namespaces/%ZZ')).toMatchObject({ status: 400 });
});

test('a defect is a 500 that tells nothing of the inside, and is reported', async () => {
  const home = createMemoryHome();
  const reported: unknown[] = [];
  const broken: Home = { ...home, table: { ...home.table, query: () => Promise.reject(new Error('secret inside')) } };
  const failing = await startApi(broken, { report: (error, id) => reported.push(error, id) });
  const { status, json } = await failing('GET /api/namespaces');
  expect(status).toBe(500);
  expect(json['error_code']).toBe('internal');
  expect(JSON.stringify(json)).not.toContain('secret inside');
  expect(reported).toEqual([new Error('secret inside'), 'request-1']);
});

test('with authentication a request needs a good token, but for what is public', async () => {
  const home = createMemoryHome();
  const guarded = await startApi(home, { authenticate: createAuthenticate(home) });
  const none = await guarded('GET /api/namespaces');
  expect(none).toMatchObject({
    status: 401,
    json: { error_code: 'unauthenticated' },
    headers: { 'www-authenticate': 'Bearer' },
  });
  expect((await guarded('GET /api/system/metadata')).status).toBe(200);

  const { secret } = await bootstrapToken(home);
  expect((await guarded('GET /api/namespaces', { headers: { authorization: `Bearer ${secret}` } })).status).toBe(200);
  expect((await guarded('GET /api/namespaces', { headers: { authorization: `Bearer ${secret}x` } })).status).toBe(401);
});
