import { request } from 'node:http';
import { expect, test } from 'vitest';
import { GoferError } from '../../../lib/errors.ts';
import { createHttpServer } from '../../../lib/local/http/server.ts';
import { configs } from '../../api/client.ts';
import { startWorld } from './world.ts';

/** `fetch` sets these headers itself. */
function statusFor(url: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request(`${url}/api/namespaces`, { headers }, async (response) => {
      const body = await new Response(response as unknown as ReadableStream).text();
      resolve({ status: response.statusCode ?? 0, body });
    })
      .on('error', reject)
      .end();
  });
}

test('answers over HTTP as the API does', async () => {
  const { server } = await startWorld();
  const made = await fetch(`${server.url}/api/namespaces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'team-ä'.replace('ä', 'a'), name: 'Tëam', description: '' }),
  });
  expect(made.status).toBe(201);
  expect(made.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  const found = await fetch(`${server.url}/api/namespaces/team-a`);
  expect(await found.json()).toMatchObject({ namespace: { name: 'Tëam' } });
});

test('gives 204 and HEAD no body', async () => {
  const { server } = await startWorld();
  const head = await fetch(`${server.url}/api/namespaces`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
  const options = await fetch(`${server.url}/api/namespaces`, { method: 'OPTIONS' });
  expect([options.status, options.headers.get('allow')]).toEqual([204, 'OPTIONS, GET, HEAD, POST']);
});

test('refuses a body over the limit, whether its length is told or not', async () => {
  const { server } = await startWorld();
  const body = JSON.stringify({ config: { description: 'x'.repeat(3 * 1024 * 1024) } });
  const told = await fetch(`${server.url}${configs}`, { method: 'POST', body });
  expect([told.status, ((await told.json()) as { error_code: string }).error_code]).toEqual([413, 'too_large']);
  const chunks = new Blob([body]).stream();
  const untold = await fetch(`${server.url}${configs}`, {
    method: 'POST',
    body: chunks,
    duplex: 'half',
  } as RequestInit);
  expect(untold.status).toBe(413);
});

test('on loopback, refuses names and sites that aren’t this machine', async () => {
  const { server } = await startWorld();
  const port = new URL(server.url).port;
  expect(await statusFor(server.url, { host: `localhost:${port}` })).toMatchObject({ status: 200 });
  expect(await statusFor(server.url, { origin: `http://localhost:${port}` })).toMatchObject({ status: 200 });
  expect(await statusFor(server.url, { host: 'rebound.example' })).toMatchObject({
    status: 421,
    body: expect.stringContaining('\\"rebound.example\\" is not this machine'),
  });
  expect(await statusFor(server.url, { origin: 'https://evil.example' })).toMatchObject({ status: 403 });
  expect(await statusFor(server.url, { origin: 'null' })).toMatchObject({ status: 403 });
});

test('a port in use is one clear line', async () => {
  const { server } = await startWorld();
  const port = Number(new URL(server.url).port);
  const second = createHttpServer({ handler: () => Promise.reject(new Error('never')), host: '127.0.0.1', port });
  const error = await second.listen().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(GoferError);
  expect(String((error as GoferError).message)).toBe(
    `port ${port} on 127.0.0.1 is in use; choose another with --port, or stop what uses it`,
  );
});

test('closing breaks off what is open', async () => {
  const { server, log } = await startWorld();
  const stream = await fetch(log, { headers: { accept: 'text/event-stream' } });
  const rest = stream.text().catch(() => 'broken off');
  await server.close();
  // "end" would tell the client not to come back for more.
  expect(await rest).not.toContain('event: end');
  await expect(fetch(log)).rejects.toThrow();
});
