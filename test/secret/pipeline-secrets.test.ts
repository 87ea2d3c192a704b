/** Secrets of a pipeline through the API. */
import { beforeEach, describe, expect, test } from 'vitest';
import { createNamespace } from '../../lib/namespace/namespaces.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import { type Send, startApi } from '../api/client.ts';
import { configOf, createMemoryHome, type MemoryHome } from '../memory-home.ts';

const secrets = '/api/namespaces/default/pipelines/build/secrets';
const canary = 'canary-7Xq';

let home: MemoryHome;
let send: Send;

beforeEach(async () => {
  home = createMemoryHome();
  send = await startApi(home);
  await registerConfig(home, { namespace: 'default', pipeline: 'build', config: configOf('build') });
});

const put = (key: string, content = canary, force = false) =>
  send(`POST ${secrets}`, { body: { key, content, force } });
const value = async (key: string) =>
  (await send(`GET ${secrets}/${encodeURIComponent(key)}?include_secret=true`)).json['secret'];

test('a secret is stored, listed and found without its value, and read back on demand', async () => {
  const metadata = { key: 'pass', namespaces: ['default'], created: expect.any(Number) };
  expect(await put('pass')).toMatchObject({ status: 201, json: { secret: { ...metadata, namespaces: [] } } });
  expect((await send(`GET ${secrets}`)).json).toEqual({ secrets: [metadata] });
  expect((await send(`GET ${secrets}/pass?include_secret=false`)).json).toEqual({ metadata, secret: null });
  expect((await send(`GET ${secrets}/pass`)).json).toEqual({ metadata, secret: null });
  expect((await send(`GET ${secrets}/pass?include_secret=true`)).json).toEqual({ metadata, secret: canary });
});

test('an existing one is overwritten only by force', async () => {
  await put('pass');
  expect(await put('pass', 'another')).toMatchObject({
    status: 409,
    json: { message: expect.stringContaining('"pass"') },
  });
  expect(await value('pass')).toBe(canary);
  expect((await put('pass', 'another', true)).status).toBe(201);
  expect(await value('pass')).toBe('another');
});

test('force alone stores a new one too', async () => {
  expect((await put('pass', canary, true)).status).toBe(201);
});

test('lists come in pages, ordered by key', async () => {
  for (const key of ['c', 'a', 'b']) await put(key);
  const keys = async (query: string) =>
    ((await send(`GET ${secrets}?${query}`)).json['secrets'] as { key: string }[]).map(({ key }) => key);
  expect(await keys('')).toEqual(['a', 'b', 'c']);
  expect(await keys('limit=1&offset=1')).toEqual(['b']);
  expect(await keys('reverse=true&limit=1')).toEqual(['c']);
});

test('a deleted one is gone, with its value, and may be stored again', async () => {
  await put('pass');
  expect((await send(`DELETE ${secrets}/pass`)).status).toBe(204);
  expect(home.secrets.values.size).toBe(0);
  expect((await send(`GET ${secrets}/pass`)).status).toBe(404);
  expect((await send(`DELETE ${secrets}/pass`)).status).toBe(404);
  expect((await put('pass')).status).toBe(201);
});

test('keys are free in their characters, and none is mistaken for another', async () => {
  const keys = ['a/b', 'a b', 'a.b', 'a.2fb', '../x', 'ключ', 'pass-AbC123', '100%', '__proto__', 'SECRET#x'];
  for (const key of keys) expect((await put(key, `${canary} ${key}`)).status).toBe(201);
  for (const key of keys) expect(await value(key)).toBe(`${canary} ${key}`);
  expect(new Set(home.secrets.values.keys()).size).toBe(keys.length);
  // AWS reads a name that ends so as one with its own suffix.
  for (const name of home.secrets.values.keys()) expect(name).toMatch(/^default\/build\/[A-Za-z0-9_.-]+\/value$/);
});

describe('is refused', () => {
  test.each([
    ['an empty key', '', 'is empty'],
    ['a line break in the key', 'a\nb', 'control character'],
    ['a NUL in the key', 'a\0b', 'control character'],
    ['a blank at the end of the key', 'a ', 'begins or ends with a blank'],
    ['a brace, which no reference could hold', 'a}}b', 'brace'],
    ['half a character', 'a\ud800', 'half a character'],
    ['a key that is too long', 'k'.repeat(101), '101 bytes'],
  ])('%s', async (_, key, why) => {
    expect(await put(key)).toMatchObject({ status: 400, json: { message: expect.stringContaining(why) } });
    expect(home.secrets.values.size).toBe(0);
  });

  test('an empty value', async () => {
    expect(await put('pass', '')).toMatchObject({ status: 400, json: { message: expect.stringContaining('empty') } });
  });

  test('a value with a NUL', async () => {
    expect((await put('pass', 'a\0b')).status).toBe(400);
  });

  test('a value over the store’s limit, with both numbers and without the value', async () => {
    const { status, result } = await put('pass', canary.repeat(7000));
    expect(status).toBe(400);
    expect(result.body).toMatch(/70000 bytes.*65536/);
    expect(result.body).not.toContain(canary);
  });

  test('a value that is no text, without repeating it', async () => {
    const { status, result } = await send(`POST ${secrets}`, {
      body: { key: 'pass', content: { user: canary }, force: false },
    });
    expect(status).toBe(400);
    expect(result.body).toContain('content');
    expect(result.body).not.toContain(canary);
  });

  test('a body that is no JSON, without repeating it', async () => {
    const { status, result } = await send(`POST ${secrets}`, { raw: `{"key":"pass","content":${canary}}` });
    expect(status).toBe(400);
    expect(result.body).not.toContain(canary);
  });

  test('a pipeline that does not exist', async () => {
    const path = '/api/namespaces/default/pipelines/bulid/secrets';
    const body = { key: 'pass', content: canary, force: false };
    expect(await send(`POST ${path}`, { body })).toMatchObject({
      status: 404,
      json: { message: expect.stringContaining('did you mean "build"') },
    });
    expect(home.secrets.values.size).toBe(0);
  });
});

describe('of another pipeline', () => {
  test('is another secret under the same key', async () => {
    await createNamespace(home, { id: 'team', name: '', description: '' });
    await registerConfig(home, { namespace: 'team', pipeline: 'build', config: configOf('build') });
    await put('pass');
    const other = '/api/namespaces/team/pipelines/build/secrets/pass?include_secret=true';
    expect((await send(`GET ${other}`)).status).toBe(404);
  });

  test('is not inherited by one that is made anew under the same name', async () => {
    await put('pass');
    await send('DELETE /api/namespaces/default/pipelines/build');
    expect(home.secrets.values.size).toBe(0);
    await registerConfig(home, { namespace: 'default', pipeline: 'build', config: configOf('build') });
    expect((await send(`GET ${secrets}`)).json).toEqual({ secrets: [] });
  });
});

describe('whoever dies or comes at once', () => {
  test('two that create it: one does, and the value is that one’s', async () => {
    const answers = await Promise.all(
      ['one', 'two'].map(async (content) => ({ content, ...(await put('pass', content)) })),
    );
    const [created, ...others] = answers.filter(({ status }) => status === 201);
    expect(others).toEqual([]);
    expect(await value('pass')).toBe(created?.content);
  });

  test('two that overwrite it: both do, one after the other', async () => {
    await put('pass');
    const answers = await Promise.all(['one', 'two'].map((content) => put('pass', content, true)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(['one', 'two']).toContain(await value('pass'));
  });

  test('a value that could not be stored leaves no secret behind', async () => {
    const failing = { ...home.secrets, put: () => Promise.reject(new Error('the store is away')) };
    const broken = await startApi({ ...home, secrets: failing }, { report: () => {} });
    const body = { key: 'pass', content: canary, force: false };
    expect((await broken(`POST ${secrets}`, { body })).status).toBe(500);
    expect((await send(`GET ${secrets}/pass`)).status).toBe(404);
    expect((await put('pass')).status).toBe(201);
  });

  test('a value that could not be replaced stays as it was', async () => {
    await put('pass');
    const failing = { ...home.secrets, put: () => Promise.reject(new Error('the store is away')) };
    const broken = await startApi({ ...home, secrets: failing }, { report: () => {} });
    await broken(`POST ${secrets}`, { body: { key: 'pass', content: 'another', force: true } });
    expect(await value('pass')).toBe(canary);
  });

  test('a deletion that stopped half-way is finished by the next', async () => {
    await put('pass');
    const failing = { ...home.secrets, remove: () => Promise.reject(new Error('the store is away')) };
    const broken = await startApi({ ...home, secrets: failing }, { report: () => {} });
    expect((await broken(`DELETE ${secrets}/pass`)).status).toBe(500);
    expect((await send(`GET ${secrets}/pass`)).status).toBe(404);
    home.pass(120);
    expect((await send(`DELETE ${secrets}/pass`)).status).toBe(204);
    expect(home.secrets.values.size).toBe(0);
  });
});

test('deleting one that the live version uses says so', async () => {
  const tasks = [
    { id: 'compile', image: 'busybox', variables: { PASS: 'pipeline_secret{{ pass }}' } },
    { id: 'other', image: 'busybox' },
  ];
  await put('pass');
  const { config } = await registerConfig(home, {
    namespace: 'default',
    pipeline: 'build',
    config: { id: 'build', tasks },
  });
  await send(`POST /api/namespaces/default/pipelines/build/configs/${config.version}`);
  expect(await send(`DELETE ${secrets}/pass`)).toMatchObject({
    status: 204,
    headers: { warning: `299 gofer "it is gone, and task 'compile' of pipeline 'default/build' will fail without it"` },
  });
  await put('unused');
  expect((await send(`DELETE ${secrets}/unused`)).headers['warning']).toBeUndefined();
});
