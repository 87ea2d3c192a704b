import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { createApi } from '../../lambdas/api/api.ts';
import { decodeEvents } from '../../lib/client/sse.ts';
import { createHttpServer } from '../../lib/local/http/server.ts';
import { streamOf } from './memory-containers.ts';
import { hooks, startWorld as startBare } from './world.ts';

async function startWorld() {
  const world = await startBare();
  await world.send('POST /api/extensions', { body: hooks });
  const server = createHttpServer({ handler: createApi(world.home), host: '127.0.0.1', port: 0 });
  await server.listen();
  onTestFinished(() => server.close());
  const say = (launch: number, ...texts: string[]) => world.logs.write(streamOf('hooks', launch), ...texts);
  return { ...world, say, url: `${server.url}/api/extensions/hooks/logs` };
}

test('over a WebSocket: what was written, then what is, until the extension ends', async () => {
  const { send, logs, say, url } = await startWorld();
  say(1, 'one');
  const socket = new WebSocket(url.replace('http', 'ws'));
  const messages: string[] = [];
  const heard = once(socket, 'message');
  socket.on('message', (data) => messages.push(String(data)));
  await heard;
  say(1, 'two');
  await send('PATCH /api/extensions/hooks', { body: { enable: false } });
  logs.wake();
  const [code] = await once(socket, 'close');
  expect([messages, code]).toEqual([['one\n', 'two\n'], 1000]);
});

test('as Server-Sent Events, a reader goes on after the line it has, and begins anew with a new start', async () => {
  const { send, say, url } = await startWorld();
  say(1, 'one', 'two');
  await send('PATCH /api/extensions/hooks', { body: { enable: false } });
  const read = async (after: string) => {
    const answer = await fetch(url, { headers: { accept: 'text/event-stream', 'last-event-id': after } });
    const events = [];
    for await (const { id, event } of decodeEvents(answer.body as unknown as AsyncIterable<Uint8Array>))
      events.push(event === 'message' ? id : event);
    return events;
  };
  expect(await read('')).toEqual(['1.1', '1.2', 'end']);
  expect(await read('1.1')).toEqual(['1.2', 'end']);
  expect(await read('0.1')).toEqual(['1.1', '1.2', 'end']);
});

test('of an extension that is not there is none', async () => {
  const { send } = await startWorld();
  expect((await send('GET /api/extensions/other/logs')).status).toBe(404);
});
