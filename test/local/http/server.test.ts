import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
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

test('refuses a body far over the limit without waiting for its end', async () => {
  const { server } = await startWorld();
  const told = await fetch(`${server.url}${configs}`, { method: 'POST', body: Buffer.alloc(40 * 1024 * 1024) });
  expect([told.status, told.headers.get('connection')]).toEqual([413, 'close']);
  expect(await told.json()).toMatchObject({
    request_id: expect.any(String),
    error_code: 'too_large',
    message: expect.stringContaining('the body has 41943040 bytes, more than the 1048576'),
  });
  const endless = Readable.from(repeat(Buffer.alloc(64 * 1024)));
  const sent = request(`${server.url}${configs}`, { method: 'POST' });
  endless.pipe(sent).on('error', () => {});
  const [{ statusCode }] = (await once(sent, 'response')) as [IncomingMessage];
  expect(statusCode).toBe(413);
  endless.destroy();
  sent.destroy();
});

function* repeat(chunk: Buffer) {
  for (;;) yield chunk;
}

/** A client that has sent `sent` of a body's `length` bytes, and now begins to read. */
async function sending(url: string, length: number, sent: number) {
  const client = connect(Number(new URL(url).port), '127.0.0.1').pause();
  client.write(`POST ${configs} HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${length}\r\n\r\n`);
  await promisify((then: (error?: Error | null) => void) => client.write(Buffer.alloc(sent), then))();
  return client.resume();
}

test('tells it also to a client that first sends everything', async () => {
  const { server } = await startWorld();
  const client = await sending(server.url, 2 ** 26, 2 ** 26);
  expect(await text(client)).toMatch(/^HTTP\/1.1 413 .*"error_code":"too_large"/s);
});

test('lets go of a client that never ends its body, a minute after it was refused', async () => {
  const { server } = await startWorld();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const client = await sending(server.url, 2 ** 40, 2 ** 25);
  await once(client, 'data');
  const closed = new Promise((resolve) => client.on('error', () => {}).once('close', resolve));
  vi.advanceTimersByTime(60_000);
  await closed;
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
