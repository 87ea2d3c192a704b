import { once } from 'node:events';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { decodeEvents, type ServerSentEvent } from '../../../lib/client/sse.ts';
import { type HttpWorld, running, startWorld, stopped } from './world.ts';

const bytesOf = (response: Response) => response.body as unknown as AsyncIterable<Uint8Array>;

async function events({ log }: HttpWorld, query = '', headers = {}): Promise<AsyncGenerator<ServerSentEvent>> {
  const response = await fetch(log + query, { headers: { accept: 'text/event-stream', ...headers } });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  return decodeEvents(bytesOf(response));
}

const textOf = ({ data }: ServerSentEvent) => (JSON.parse(data) as { text: string }).text;

async function next(stream: AsyncGenerator<ServerSentEvent>): Promise<ServerSentEvent> {
  const { value, done } = await stream.next();
  if (done) throw new Error('the stream ended');
  return value;
}

/** All messages and how the socket was closed. */
async function listen(url: string, onOpen: () => void = () => {}) {
  const socket = new WebSocket(url.replace('http', 'ws'));
  const messages: string[] = [];
  socket.on('message', (data, binary) => messages.push(binary ? 'binary' : String(data)));
  socket.on('open', onOpen);
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return { messages, code, reason: String(reason) };
}

test('Server-Sent Events: history, then live, then the end', async () => {
  const world = await startWorld();
  await world.row({ phase: 'granted', launch: 1, attempt: 1, launch_1: running });
  world.say(1, 'one', 'two\rtwo');
  const stream = await events(world);
  const first = await next(stream);
  expect(first.id).toBe('1.1');
  expect(JSON.parse(first.data)).toEqual({ time: Date.UTC(2026, 0, 1), source: 'stdout', text: 'one' });
  expect(textOf(await next(stream))).toBe('two\rtwo');
  world.say(1, 'three');
  expect(textOf(await next(stream))).toBe('three');
  await world.row({ status: 'successful', launch_1: stopped });
  expect((await next(stream)).event).toBe('end');
  expect((await stream.next()).done).toBe(true);
});

test('a reader resumes after the line it has, also in a later attempt', async () => {
  const world = await startWorld();
  await world.row({
    launch: 2,
    attempt: 2,
    launch_1: { ...stopped, exit_code: 1, stop_code: 'EssentialContainerExited' },
    launch_2: stopped,
    status: 'successful',
  });
  world.say(1, 'first one', 'first two');
  world.say(2, 'second one', 'second two');
  const texts = async (query: string, headers = {}) => {
    const found: string[] = [];
    for await (const event of await events(world, query, headers))
      if (event.event === 'message') found.push(textOf(event));
    return found;
  };
  expect(await texts('')).toEqual(['second one', 'second two']);
  expect(await texts('?attempt=1')).toEqual(['first one', 'first two']);
  expect(await texts('', { 'last-event-id': '1.1' })).toEqual(['first two', 'second one', 'second two']);
  expect(await texts('?attempt=1', { 'last-event-id': '1.1' })).toEqual(['first two']);
});

test('bytes that aren’t UTF-8 arrive whole', async () => {
  const world = await startWorld();
  await world.row({ launch: 1, attempt: 1, launch_1: stopped, status: 'successful' });
  const binary = Uint8Array.of(0, 255, 13, 254);
  world.say(1, binary);
  const { data } = await next(await events(world));
  expect(Buffer.from((JSON.parse(data) as { base64: string }).base64, 'base64')).toEqual(Buffer.from(binary));
  const text = await (await fetch(world.log)).arrayBuffer();
  expect(Buffer.from(text)).toEqual(Buffer.concat([binary, Buffer.from('\n')]));
});

test('plain text is what the log holds, with times when they are asked for', async () => {
  const world = await startWorld();
  await world.row({ launch: 1, attempt: 1, launch_1: running });
  world.say(1, 'one', '', 'two');
  const response = await fetch(world.log);
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(await response.text()).toBe('one\n\ntwo\n');
  const timed = await (await fetch(`${world.log}?timestamps=true`)).text();
  expect(timed.split('\n')[2]).toBe('2026-01-01T00:00:02.000Z two');
});

test('WebSocket: one text message a line, newline kept, closed when the log ends', async () => {
  const world = await startWorld();
  await world.row({ launch: 1, attempt: 1, launch_1: running });
  world.say(1, 'one', 'zwöi');
  const { messages, code } = await listen(world.log, async () => {
    world.say(1, 'live');
    await world.row({ launch_1: stopped, status: 'successful' });
  });
  expect(messages).toEqual(['one\n', 'zwöi\n', 'live\n']);
  expect(code).toBe(1000);
});

test('a log follows the task through its attempts', async () => {
  const world = await startWorld();
  await world.row({ phase: 'granted', launch: 1, attempt: 1, launch_1: running });
  world.say(1, 'fails');
  const { messages } = await listen(world.log, async () => {
    const failed = { ...stopped, exit_code: 1, stop_code: 'EssentialContainerExited' };
    await world.row({ phase: 'again', launch_1: failed });
    world.say(2, 'works');
    await world.row({ phase: 'granted', launch: 2, attempt: 2, launch_2: stopped, status: 'successful' });
  });
  expect(messages).toEqual(['fails\n', 'works\n']);
});

test('a task that never ran has an empty log', async () => {
  const world = await startWorld();
  await world.row({ status: 'skipped' });
  expect(await listen(world.log)).toEqual({ messages: [], code: 1000, reason: '' });
  expect(await (await fetch(world.log)).text()).toBe('');
});

test('removed logs close a WebSocket with 1008 and say so; other readers get 410', async () => {
  const world = await startWorld();
  await world.row({ launch: 2, attempt: 2, launch_1: stopped, launch_2: stopped, status: 'successful' });
  expect((await fetch(world.log, { method: 'DELETE' })).status).toBe(204);
  expect(world.logs.removed.map(({ launch }) => launch)).toEqual([1, 2]);
  const reason = 'the logs of task "compile" in run 1 have been removed';
  expect(await listen(world.log)).toEqual({ messages: [], code: 1008, reason });
  const response = await fetch(world.log, { headers: { accept: 'text/event-stream' } });
  expect([response.status, await response.json()]).toEqual([410, expect.objectContaining({ message: reason })]);
});

test('logs of a task that still runs are not removed', async () => {
  const world = await startWorld();
  await world.row({ launch: 1, launch_1: running });
  const response = await fetch(world.log, { method: 'DELETE' });
  expect(response.status).toBe(409);
  expect(world.logs.removed).toEqual([]);
});

test('an unknown task or attempt is a 404, for a WebSocket too', async () => {
  const world = await startWorld();
  await world.row({ launch: 1, attempt: 1, launch_1: stopped, status: 'successful' });
  const missing = await fetch(`${world.log}?attempt=2`);
  expect(missing.status).toBe(404);
  expect(await missing.text()).toContain('there are 1 so far');
  const socket = new WebSocket(world.log.replace('http', 'ws').replace('compile', 'nothing'));
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
  expect(response.statusCode).toBe(404);
  socket.on('error', () => undefined).terminate();
});

test('100,000 lines reach two followers, none lost', async () => {
  const world = await startWorld();
  await world.row({ launch: 1, attempt: 1, launch_1: stopped, status: 'successful' });
  const lines = Array.from({ length: 100_000 }, (_, i) => `line ${i} of a busy log`);
  for (const line of lines) world.say(1, line);
  const [web, text] = await Promise.all([listen(world.log), fetch(world.log).then((response) => response.text())]);
  expect(web.messages.length).toBe(lines.length);
  expect(web.messages.join('')).toBe(text);
  expect(text).toBe(`${lines.join('\n')}\n`);
});

test('a reader that stalls holds up the reading, and not the others', async () => {
  const world = await startWorld();
  await world.row({ launch: 1, attempt: 1, launch_1: stopped, status: 'successful' });
  const megabyte = 'x'.repeat(1 << 20);
  world.say(1, ...Array.from({ length: 50 }, () => megabyte));
  const stalled = await fetch(world.log);
  const reader = stalled.body?.getReader();
  await reader?.read();
  expect((await (await fetch(world.log)).arrayBuffer()).byteLength).toBe(50 * (megabyte.length + 1));
  // 50 lines for the one who read all; for the one who stalls only what buffers on the way took.
  expect(world.logs.taken()).toBeLessThan(75);
  await reader?.cancel();
});

test('a hundred readers follow one log', async () => {
  const world = await startWorld();
  await world.row({ launch: 1, attempt: 1, launch_1: running });
  let open = 0;
  const everyone = Array.from({ length: 100 }, () =>
    listen(world.log, async () => {
      if (++open < 100) return;
      world.say(1, 'for all');
      await world.row({ launch_1: stopped, status: 'successful' });
    }),
  );
  for (const { messages } of await Promise.all(everyone)) expect(messages).toEqual(['for all\n']);
});
