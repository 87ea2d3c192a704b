/** Objects behind API Gateway, whose events and answers hold bytes in base64. */
import { expect, test } from 'vitest';
import { createApiHandler } from '../../lambdas/api/handler.ts';
import type { Objects } from '../../lib/ports/objects.ts';
import { createMemoryHome } from '../memory-home.ts';
import { register } from '../object/world.ts';
import { proxyEvent } from './client.ts';

async function world() {
  const memory = createMemoryHome();
  const stored = new Map<string, number>();
  const objects: Objects = {
    ...memory.objects,
    sizeOf: async (name) => stored.get(name),
    addresses: {
      upload: async (name, size) => {
        stored.set(name, size);
        return { url: `https://bucket/${name}?put`, headers: { 'if-none-match': '*' } };
      },
      download: async (name) => `https://bucket/${name}?get`,
    },
  };
  const home = { ...memory, objects };
  await register(home);
  const handler = createApiHandler(home);
  return (method: string, path: string, body?: Uint8Array) =>
    handler({
      ...proxyEvent(method, `/api/namespaces/default/pipelines/build/objects/${path}`),
      ...(body && { body: Buffer.from(body).toString('base64'), isBase64Encoded: true }),
    });
}

const bytes = (count: number) => Uint8Array.from({ length: count }, (_, i) => i % 256);

test.each([0, 300, 20_000, 4_500_000])('%i bytes pass as they are', async (count) => {
  const ask = await world();
  expect((await ask('POST', 'blob', bytes(count))).statusCode).toBe(201);
  const { statusCode, headers, body, isBase64Encoded } = await ask('GET', 'blob');
  expect([statusCode, isBase64Encoded, body.length <= 6_000_000]).toEqual([200, true, true]);
  expect(headers).toMatchObject({ 'content-type': 'application/octet-stream', 'content-length': String(count) });
  expect(Buffer.from(body, 'base64').equals(bytes(count))).toBe(true);
});

test('a larger one is stored and got by its addresses', async () => {
  const ask = await world();
  const begun = JSON.parse((await ask('POST', 'blob/uploads?size=4500001')).body) as {
    upload: { id: string; url: string; headers: unknown };
  };
  expect(begun.upload.url).toMatch(/^https:\/\/bucket\/.*\?put$/);
  expect(begun.upload.headers).toEqual({ 'if-none-match': '*' });
  expect((await ask('POST', `blob/uploads/${begun.upload.id}`)).statusCode).toBe(201);
  const found = await ask('GET', 'blob');
  expect([found.statusCode, found.body]).toEqual([307, '']);
  expect(found.headers?.['location']).toBe(begun.upload.url.replace('?put', '?get'));
});

test.each([
  ['blob/uploads', 'query size: is missing'],
  ['blob/uploads?size=-1', 'query size'],
  ['blob/uploads?size=5368709121', 'size is 5368709121 bytes; an object may have 5368709120'],
  ['blob?force=perhaps', 'query force'],
])('POST %s is refused', async (path, why) => {
  const ask = await world();
  const { statusCode, body } = await ask('POST', path);
  expect([statusCode, JSON.parse(body)]).toMatchObject([400, { message: expect.stringContaining(why) }]);
});
