import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { createApi } from '../../../lambdas/api/api.ts';
import { hasRawBody } from '../../../lib/api/raw-body.ts';
import { createHttpServer, type HttpServer } from '../../../lib/local/http/server.ts';
import { createMemoryHome } from '../../memory-home.ts';
import { large, register, runsUpTo } from '../../object/world.ts';

let server: HttpServer | undefined;
afterEach(() => server?.close());

async function world() {
  const home = createMemoryHome();
  const uid = await register(home);
  await runsUpTo(home, uid, 1, [1]);
  server = createHttpServer({ handler: createApi(home), hasRawBody, host: '127.0.0.1', port: 0 });
  await server.listen();
  const base = `${server.url}/api/namespaces/default/pipelines/build`;
  const put = (path: string, body: string | Uint8Array<ArrayBuffer>) => fetch(base + path, { method: 'POST', body });
  return { home, base, put, get: (path: string) => fetch(base + path) };
}

test.each(['/objects/blob', '/runs/1/objects/blob'])(
  '%s: put, list, get, delete as the contract says',
  async (path) => {
    const { base, put, get } = await world();
    const stored = await put(`${path}?force=false`, 'hello');
    expect(stored.status).toBe(201);
    const { object } = (await stored.json()) as { object: { created: number } };
    expect(object).toEqual({ key: 'blob', created: expect.any(Number), size: 5 });
    const listed = await get(path.replace('/blob', ''));
    expect(await listed.json()).toEqual({ objects: [object] });
    const got = await get(path);
    expect(Object.fromEntries(got.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '5',
    });
    expect(await got.text()).toBe('hello');
    const head = await fetch(base + path, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe('5');
    const removed = await fetch(base + path, { method: 'DELETE' });
    expect([removed.status, await removed.text()]).toEqual([204, '']);
    expect((await get(path)).status).toBe(404);
  },
);

test('an existing key needs force', async () => {
  const { put, get } = await world();
  await put('/objects/blob', 'first');
  const again = await put('/objects/blob?force=false', 'second');
  expect(again.status).toBe(400);
  expect(await again.json()).toMatchObject({ error_code: 'already_exists' });
  expect(await (await get('/objects/blob')).text()).toBe('first');
  expect((await put('/objects/blob?force=true', 'second')).status).toBe(201);
  expect(await (await get('/objects/blob')).text()).toBe('second');
});

test('bytes of any kind, whatever the request calls them', async () => {
  const { base, get } = await world();
  const body = Uint8Array.from({ length: 30_000 }, (_, i) => i % 256);
  for (const type of ['application/json', 'text/plain', 'application/octet-stream'])
    await fetch(`${base}/objects/blob?force=true`, { method: 'POST', body, headers: { 'content-type': type } });
  expect(new Uint8Array(await (await get('/objects/blob')).arrayBuffer())).toEqual(body);
});

test.each(['a/b', '../../etc/passwd', 'ключ 🔑', '100%', 'x?y#z'])('the key %s', async (key) => {
  const { put, get } = await world();
  expect((await put(`/objects/${encodeURIComponent(key)}`, large('x'))).status).toBe(201);
  expect(await (await get(`/objects/${encodeURIComponent(key)}`)).text()).toBe(large('x'));
  expect(await (await get('/objects')).json()).toMatchObject({ objects: [{ key }] });
});

test.each(['%00', '%0A', 'x'.repeat(600)])('the key %s is refused', async (key) => {
  const { put } = await world();
  const refused = await put(`/objects/${key}`, 'x');
  expect([refused.status, await refused.json()]).toMatchObject([400, { message: expect.stringMatching(/^key "/) }]);
});

test('a client that leaves in the middle has stored nothing', async () => {
  const { base, home, get } = await world();
  const request = httpRequest(`${base}/objects/blob`, { method: 'POST', headers: { 'content-length': '1000000' } });
  request.on('error', () => undefined);
  const reading = Promise.withResolvers<void>();
  const { put } = home.objects;
  Object.assign(home.objects, {
    put: (name: string, bytes: AsyncIterable<Uint8Array>) => {
      reading.resolve();
      return put(name, bytes).finally(() => left.resolve());
    },
  });
  const left = Promise.withResolvers<void>();
  request.write(large('x'));
  await reading.promise;
  request.destroy();
  await left.promise;
  expect((await get('/objects/blob')).status).toBe(404);
  expect(home.objects.stored.size).toBe(0);
});

test('a refusal reaches a client that is still sending', async () => {
  const { base, get } = await world();
  const request = httpRequest(`${base}-unknown/objects/blob`, { method: 'POST' });
  request.write(large('x'));
  const [response] = await once(request, 'response');
  expect(response.statusCode).toBe(404);
  request.end();
  expect((await get('/objects')).status).toBe(200);
});

test('on one machine there are no addresses: everything is sent to the API', async () => {
  const { put } = await world();
  const begun = await put('/objects/blob/uploads?size=5000000', '');
  expect([begun.status, await begun.json()]).toEqual([201, { upload: null }]);
});

test('what is too large for the API goes to its address and comes from there', async () => {
  const { put, get, home } = await world();
  const bucket = new Map<string, Uint8Array>();
  const s3 = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.method === 'PUT') bucket.set(request.url ?? '', Buffer.concat(chunks));
    response.end(bucket.get(request.url ?? ''));
  });
  s3.listen(0, '127.0.0.1');
  await once(s3, 'listening');
  const address = s3.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  Object.assign(home.objects, {
    addresses: {
      upload: async (name: string) => ({ url: `${url}/${name}`, headers: {} }),
      download: async (name: string) => `${url}/${name}`,
    },
    sizeOf: async (name: string) => bucket.get(`/${name}`)?.length,
  });
  const content = 'x'.repeat(5_000_000);
  const begun = await put(`/objects/blob/uploads?size=${content.length}`, '');
  const { upload } = (await begun.json()) as { upload: { id: string; url: string } };
  expect((await put(`/objects/blob/uploads/${upload.id}`, '')).status).toBe(400);
  expect((await get('/objects/blob')).status).toBe(404);
  await fetch(upload.url, { method: 'PUT', body: content });
  for (let twice = 0; twice < 2; twice++) {
    const ended = await put(`/objects/blob/uploads/${upload.id}`, '');
    expect([ended.status, await ended.json()]).toMatchObject([201, { object: { key: 'blob', size: 5_000_000 } }]);
  }
  expect((await put('/objects/blob/uploads/other?force=true', '')).status).toBe(404);
  expect(await (await get('/objects/blob')).text()).toBe(content);
  s3.close();
});
