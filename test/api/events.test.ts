import { expect, test, vi } from 'vitest';
import type { ByteStream, MessageStream } from '../../lib/api/stream/answer.ts';
import { type EventStreamRequest, openEventStream } from '../../lib/api/stream/event-stream.ts';
import { sse } from '../../lib/api/stream/sse.ts';
import { decodeEvents, type ServerSentEvent } from '../../lib/client/sse.ts';
import { emit, listEvents } from '../../lib/events/events.ts';
import { createMemoryHome, type MemoryHome } from '../memory-home.ts';
import { startApi } from './client.ts';

const happen = (home: MemoryHome, id: string, time = home.now()) =>
  emit(home, { time, kind: { created_namespace: { namespace_id: id } }, key: id });

const nameOf = (message: string) =>
  (JSON.parse(message) as { kind: { created_namespace: { namespace_id: string } } }).kind.created_namespace
    .namespace_id;

/** Follows; each look at what is new is one of `looks`, and after the last the reader leaves. */
async function follow(home: MemoryHome, request: Partial<EventStreamRequest>, looks: (() => Promise<unknown>)[] = []) {
  const left = new AbortController();
  const pause = async () => {
    const next = looks.shift();
    if (next) await next();
    else left.abort();
  };
  const wanted = { as: 'websocket', history: false, reverse: false, pause, ...request } as const;
  const { stream } = openEventStream(home, wanted);
  const names: string[] = [];
  for await (const messages of (stream as MessageStream).messages(left.signal)) names.push(...messages.map(nameOf));
  return names;
}

test('only what happens from now on, each event once', async () => {
  const home = createMemoryHome();
  await happen(home, 'before');
  const live = await follow(home, {}, [() => happen(home, 'one'), async () => {}, () => happen(home, 'two')]);
  expect(live).toEqual(['one', 'two']);
});

test('history first, then live', async () => {
  const home = createMemoryHome();
  for (const id of ['one', 'two']) await happen(home, id);
  expect(await follow(home, { history: true }, [() => happen(home, 'three')])).toEqual(['one', 'two', 'three']);
  expect(await follow(home, { history: true, reverse: true })).toEqual(['three', 'two', 'one']);
});

test('an event that is written some seconds late is not missed', async () => {
  const home = createMemoryHome();
  const late = home.now();
  home.pass(10);
  expect(await follow(home, {}, [() => happen(home, 'new'), () => happen(home, 'late', late)])).toEqual([
    'new',
    'late',
  ]);
});

test('long history comes whole', async () => {
  const home = createMemoryHome();
  const names = Array.from({ length: 1200 }, (_, i) => `event-${i}`);
  for (const id of names) await happen(home, id);
  expect(await follow(home, { history: true })).toEqual(names);
});

test('a reader resumes after the event it has', async () => {
  const home = createMemoryHome();
  for (const id of ['one', 'two', 'three']) await happen(home, id);
  const [, second] = await listEvents(home);
  expect(await follow(home, { after: second?.id ?? '' })).toEqual(['three']);
});

test('as Server-Sent Events each has its id', async () => {
  const home = createMemoryHome();
  await happen(home, 'one');
  const left = new AbortController();
  const pause = async () => left.abort();
  const { stream } = openEventStream(home, { as: 'events', history: true, reverse: false, pause });
  const events: ServerSentEvent[] = [];
  for await (const event of decodeEvents((stream as ByteStream).bytes(left.signal))) events.push(event);
  const [stored] = await listEvents(home);
  expect(events).toEqual([{ id: stored?.id, event: 'message', data: expect.stringContaining('created_namespace') }]);
});

test('a silent stream is kept alive every 15 seconds', async () => {
  vi.useFakeTimers();
  try {
    const silent = Promise.withResolvers<void>();
    const stream = sse(
      (async function* () {
        await silent.promise;
        yield [{ id: '1', data: '{}' }];
      })(),
      new AbortController().signal,
    );
    for (let i = 0; i < 2; i++) {
      const chunk = stream.next();
      await vi.advanceTimersByTimeAsync(15_000);
      expect(String((await chunk).value)).toBe(': keep-alive\n\n');
    }
    silent.resolve();
    expect(Buffer.from((await stream.next()).value ?? []).toString()).toBe('id: 1\ndata: {}\n\n');
  } finally {
    vi.useRealTimers();
  }
});

test('any other request gets a page of past events; reverse without history is refused of a stream', async () => {
  const home = createMemoryHome();
  const send = await startApi(home);
  for (const id of ['one', 'two']) await happen(home, id);
  const { json } = await send('GET /api/events?limit=1&reverse=true');
  expect(json['events']).toEqual([expect.objectContaining({ kind: { created_namespace: { namespace_id: 'two' } } })]);
  const refused = await send('GET /api/events?reverse=true', { headers: { accept: 'text/event-stream' } });
  expect(refused).toMatchObject({ status: 400, json: { message: expect.stringContaining('needs history=true') } });
});
