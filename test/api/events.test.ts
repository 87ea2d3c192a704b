import { describe, expect, test, vi } from 'vitest';
import type { ByteStream, MessageStream } from '../../lib/api/stream/answer.ts';
import { type EventStreamRequest, openEventStream } from '../../lib/api/stream/event-stream.ts';
import { sse } from '../../lib/api/stream/sse.ts';
import { decodeEvents, type ServerSentEvent } from '../../lib/client/sse.ts';
import { type EventKind, emit, listEvents } from '../../lib/events/events.ts';
import { eventFilter } from '../../lib/events/filter.ts';
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

test('what happens while the reader or its history takes longer than events may come late is not missed', async () => {
  const home = createMemoryHome();
  const stalled = async () => {
    await happen(home, 'meanwhile');
    home.pass(60);
  };
  expect(await follow(home, {}, [stalled, async () => {}])).toEqual(['meanwhile']);

  for (let i = 0; i < 600; i++) await happen(home, 'old', home.now());
  home.pass(60);
  const left = new AbortController();
  const pause = async () => left.abort();
  const { stream } = openEventStream(home, { as: 'websocket', history: true, reverse: true, pause });
  const names: string[] = [];
  for await (const messages of (stream as MessageStream).messages(left.signal)) {
    names.push(...messages.map(nameOf));
    if (names.length > 500) continue;
    await happen(home, 'during');
    home.pass(60);
  }
  expect(names.slice(600)).toEqual(['meanwhile', 'during']);
});

test('long history comes whole', async () => {
  const home = createMemoryHome();
  const names = Array.from({ length: 1200 }, (_, i) => `event-${i}`);
  for (const id of names) await happen(home, id);
  expect(await follow(home, { history: true })).toEqual(names);
});

test('a reader resumes after the event it has', async () => {
  const home = createMemoryHome();
  for (const id of ['one', 'two', 'three']) {
    await happen(home, id);
    home.pass(20);
  }
  const [, second] = await listEvents(home);
  expect(await follow(home, { after: second?.id ?? '' })).toEqual(['three']);
});

test.each([
  ['at once', 0],
  ['a minute later', 60],
])('a reader that resumes %s gets what was stored late, before the event it has', async (_, away) => {
  const home = createMemoryHome();
  const late = home.now();
  home.pass(5);
  await happen(home, 'last');
  const [last] = await listEvents(home);
  await happen(home, 'late', late);
  home.pass(away);
  expect(await follow(home, { after: last?.id ?? '' }, [() => happen(home, 'new')])).toEqual(['late', 'new']);
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

describe('filters', () => {
  const about = { namespace_id: 'default', pipeline_id: 'build', run_id: 1 };
  const other = { namespace_id: 'other', pipeline_id: 'build', run_id: 1 };
  const attached = { ...about, task_execution_id: 'test', program: 'sh', token_id: '1' };

  async function several() {
    const home = createMemoryHome();
    const send = await startApi(home);
    const kinds: EventKind[] = [
      { queued_run: about },
      { started_run: about },
      { queued_run: other },
      { created_pipeline: { namespace_id: 'default', pipeline_id: 'second' } },
      { attached_task_execution: attached },
    ];
    for (const [i, kind] of kinds.entries()) await emit(home, { time: home.now(), kind, key: `${i}` });
    const kindsOf = async (query: string) => {
      const { json } = await send(`GET /api/events?${query}`);
      return (json['events'] as { kind: EventKind }[]).map(({ kind }) => Object.keys(kind)[0]);
    };
    return { home, send, kindsOf };
  }

  test.each([
    ['kind=queued_run', ['queued_run', 'queued_run']],
    ['kind=queued_run,started_run&namespace=default', ['queued_run', 'started_run']],
    ['namespace=other', ['queued_run']],
    ['pipeline=second', ['created_pipeline']],
    ['pipeline=build&limit=2&offset=1', ['started_run', 'queued_run']],
    ['kind=any&namespace=default', ['created_namespace', 'queued_run', 'started_run', 'created_pipeline']],
    ['pipeline=unknown', []],
  ])('%s', async (query, expected) => {
    const { kindsOf } = await several();
    expect(await kindsOf(query)).toEqual(expected);
  });

  test('kinds that Gofer 0.9 does not know come only when they are asked for', async () => {
    const { kindsOf } = await several();
    expect(await kindsOf('')).not.toContain('attached_task_execution');
    expect(await kindsOf('kinds=extended')).toContain('attached_task_execution');
    expect(await kindsOf('kind=attached_task_execution')).toEqual(['attached_task_execution']);
  });

  test('an unknown kind is refused with a suggestion', async () => {
    const { send } = await several();
    const refused = await send('GET /api/events?kind=started_runs');
    expect(refused).toMatchObject({
      status: 400,
      json: { message: 'query kind: "started_runs" is no kind of event; did you mean "started_run"?' },
    });
    expect(await send('GET /api/events?kinds=all')).toMatchObject({ status: 400 });
  });

  test('hold for a stream too, in its history and live', async () => {
    const home = createMemoryHome();
    await happen(home, 'one');
    await happen(home, 'two');
    const where = eventFilter({ namespace: 'two' });
    const live = await follow(home, { history: true, where }, [() => happen(home, 'three'), () => happen(home, 'two')]);
    expect(live).toEqual(['two', 'two']);
  });
});
