/** What the server makes of answers that are none of the protocol. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ExtensionClient } from '../../lib/extension/protocol.ts';

const secret = 'gofer_not-a-real-one';

async function clientOf(listener: RequestListener): Promise<ExtensionClient> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return new ExtensionClient({
    id: 'hooks',
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secret,
  });
}

const answering = (status: number, body: string, headers = {}) =>
  clientOf((_, response) => response.writeHead(status, headers).end(body));

test.each([
  ['no JSON', '<html>', 'the body: '],
  ['something else', '{"info": 1}', 'field documentation: '],
  [
    'parameters without keys',
    '{"documentation": {"body": "", "config_params": [{}], "pipeline_subscription_params": []}}',
    'field documentation.config_params.0.key: ',
  ],
])('%s is named with its place', async (_, body, place) => {
  const client = await answering(200, body);
  await expect(client.info()).rejects.toMatchObject({
    status: 503,
    message: expect.stringContaining(`answers /api/info with something else than its protocol says: ${place}`),
  });
});

test('a refusal keeps its words, a failure is none', async () => {
  const refusing = await answering(422, '{"message": "no such event", "request_id": "1"}');
  await expect(refusing.debug()).rejects.toMatchObject({
    status: 400,
    message: 'extension "hooks" refused: no such event',
  });
  const failing = await answering(500, 'oops');
  await expect(failing.debug()).rejects.toMatchObject({
    status: 503,
    message: 'extension "hooks" failed at GET /api/debug: status 500',
  });
  expect([await refusing.health(), await failing.health()]).toEqual([false, false]);
});

test('the bearer is in no message, and follows no redirection', async () => {
  const talkative = await answering(400, JSON.stringify({ message: `who is ${secret}?` }));
  await expect(talkative.debug()).rejects.toThrow('extension "hooks" refused: who is ***?');
  const seen: unknown[] = [];
  const elsewhere = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  onTestFinished(() => void elsewhere.close());
  const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/api/debug`;
  const leading = await answering(307, '', { location });
  await expect(leading.debug()).rejects.toMatchObject({ status: 503 });
  expect(seen).toEqual([]);
});

test('an answer without end is not read to its end', async () => {
  const client = await clientOf((_, response) => {
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', more);
    more();
  });
  await expect(client.debug()).rejects.toThrow('its answer is longer than 1048576 bytes');
});

test('one that is not there says so', async () => {
  const client = new ExtensionClient({ id: 'hooks', url: 'http://127.0.0.1:1', secret });
  await expect(client.debug()).rejects.toThrow('extension "hooks" does not answer GET /api/debug: ');
});
