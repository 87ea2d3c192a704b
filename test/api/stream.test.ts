import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createStreamHandler } from '../../lambdas/api/stream.ts';
import { decodeEvents } from '../../lib/client/sse.ts';
import { getRun } from '../../lib/run/runs.ts';
import { taskKey } from '../../lib/store/items/run.ts';
import { runName } from '../../lib/task/group.ts';
import { createMemoryHome, type MemoryHome } from '../memory-home.ts';
import { buildConfig, configs, proxyEvent, runs, startApi } from './client.ts';
import { createMemoryLogs, type MemoryLogs } from './memory-logs.ts';
import { begin, delimiter, ResponseStream } from './response-stream.ts';

const log = `${runs}/1/tasks/compile/logs`;
const asEvents = { accept: 'text/event-stream' };
const quarter = 15 * 60 * 1000;

let home: MemoryHome;
let logs: MemoryLogs;
let uid: string;

beforeEach(async () => {
  logs = createMemoryLogs();
  home = { ...createMemoryHome(), logs };
  const send = await startApi(home);
  await send(`POST ${configs}`, { body: { config: buildConfig } });
  await send(`POST ${runs}`, { body: { variables: {} } });
  uid = (await getRun(home, { namespace: 'default', pipeline: 'build', number: 1 })).uid;
  await home.table.update(taskKey(uid, 1, 'compile'), { set: { launch: 1, attempt: 1 } });
});
afterEach(() => vi.useRealTimers());

const write = (...texts: string[]) => logs.write({ run: runName(uid, 1), task: 'compile', launch: 1 }, ...texts);
const complete = async () => {
  await home.table.update(taskKey(uid, 1, 'compile'), { set: { status: 'successful' } });
  logs.wake();
};

type Asked = {
  readonly headers?: Record<string, string>;
  readonly left?: number;
  readonly onChunk?: (text: string) => void;
  readonly authenticate?: () => Promise<undefined>;
};

async function ask(target: string, { headers = {}, left = quarter, onChunk, authenticate }: Asked = {}) {
  const response = new ResponseStream();
  if (onChunk) response.onChunk = onChunk;
  const handler = createStreamHandler(home, { begin, ...(authenticate && { authenticate }) });
  await handler(proxyEvent('GET', target, { headers }), response, { getRemainingTimeInMillis: () => left });
  return response;
}

async function eventsOf({ answer }: ResponseStream) {
  const events = [];
  for await (const event of decodeEvents(body(answer.body))) events.push(event);
  return events;
}

async function* body(text: string) {
  yield Buffer.from(text);
}

const textOf = (data: string) => (JSON.parse(data) as { text: string }).text;

describe('a log as text', () => {
  test('is preceded by its head as JSON and eight zero bytes', async () => {
    write('one', 'two');
    await complete();
    const head = {
      statusCode: 200,
      headers: {
        'x-request-id': 'request-1',
        'content-type': 'text/plain; charset=utf-8',
        'cache-control': 'no-store',
      },
    };
    const { bytes } = await ask(log);
    expect(bytes).toEqual(Buffer.concat([Buffer.from(JSON.stringify(head)), delimiter, Buffer.from('one\ntwo\n')]));
  });

  test('comes whole, however large', async () => {
    write(...Array.from({ length: 8 }, () => 'x'.repeat(1024 * 1024)));
    await complete();
    expect((await ask(log)).answer.body).toHaveLength(8 * (1024 * 1024 + 1));
  });

  test('that is empty still has a head', async () => {
    await complete();
    expect((await ask(log)).answer).toMatchObject({ head: { statusCode: 200 }, body: '' });
  });

  test('that takes longer than the function may is broken off: a part must not look like the whole', async () => {
    vi.useFakeTimers();
    home = {
      ...home,
      logs: {
        ...logs,
        async *read(_, { signal } = {}) {
          yield { id: '1', time: 0, source: 'stdout', data: Buffer.from('one'), complete: true };
          await new Promise((resolve) => signal?.addEventListener('abort', resolve));
        },
      },
    };
    await complete();
    const asked = expect(ask(log)).rejects.toThrow('within the 15 minutes');
    await vi.advanceTimersByTimeAsync(quarter);
    await asked;
  });
});

describe('a log as events', () => {
  test('goes on until the task is complete, line by line', async () => {
    write('one');
    const seen: string[] = [];
    const response = await ask(log, {
      headers: asEvents,
      onChunk: (text) => {
        seen.push(text);
        if (text.includes('"one"')) write('two');
        if (text.includes('"two"')) void complete();
      },
    });
    expect(response.answer.head.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
    });
    const events = await eventsOf(response);
    expect(events.map(({ event, data }) => (event === 'message' ? textOf(data) : event))).toEqual([
      'one',
      'two',
      'end',
    ]);
    expect(seen.filter((text) => text.startsWith('id:'))).toHaveLength(2);
  });

  test('goes on after the event that the client has', async () => {
    write('one', 'two');
    await complete();
    const events = await eventsOf(await ask(log, { headers: { ...asEvents, 'last-event-id': '1.1' } }));
    expect(events.map(({ id, event }) => [id, event])).toEqual([
      ['1.2', 'message'],
      ['1.2', 'end'],
    ]);
  });

  test('is never silent for longer than 15 s, and tells the client after five minutes to come back: nobody may be there', async () => {
    vi.useFakeTimers();
    write('one');
    const times: [string, number][] = [];
    const start = Date.now();
    const asked = ask(log, {
      headers: asEvents,
      onChunk: (text) => times.push([text.split('\n', 1)[0] ?? '', Date.now() - start]),
    });
    await vi.advanceTimersByTimeAsync(quarter);
    const events = await eventsOf(await asked);
    expect(events.map(({ event }) => event)).toEqual(['message', 'resume']);
    expect(times.slice(-2)).toEqual([
      [': keep-alive', expect.any(Number)],
      ['event: resume', 5 * 60_000],
    ]);
    const gaps = times.slice(1).map(([, time], i) => time - (times[i]?.[1] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(15_000);
  });

  test('tells the client to come back in time when the function has less left', async () => {
    vi.useFakeTimers();
    const times: number[] = [];
    const start = Date.now();
    const asked = ask(log, { headers: asEvents, left: 60_000, onChunk: () => times.push(Date.now() - start) });
    await vi.advanceTimersByTimeAsync(quarter);
    expect((await eventsOf(await asked)).map(({ event }) => event)).toEqual(['resume']);
    expect(times.at(-1)).toBe(40_000);
  });

  test('ends quietly when its reader leaves', async () => {
    write('one');
    const response = new ResponseStream();
    response.onChunk = (text) => {
      if (text.startsWith('id:')) response.destroy(Object.assign(new Error('gone'), { code: 'EPIPE' }));
    };
    const handler = createStreamHandler(home, { begin });
    const event = proxyEvent('GET', log, { headers: asEvents });
    await expect(handler(event, response, { getRemainingTimeInMillis: () => quarter })).resolves.toBeUndefined();
  });
});

describe('what is no stream', () => {
  test('is answered as it is: the list of events', async () => {
    const { head, body } = (await ask('/api/events')).answer;
    expect(head).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(body).events.length).toBeGreaterThan(0);
  });

  test.each([
    ['no token', '/api/events', { authenticate: async () => undefined }, 401, 'unauthenticated'],
    ['an unknown task', `${runs}/1/tasks/nobody/logs`, {}, 404, 'not_found'],
    ['a wrong query', `${log}?attempt=first`, { headers: asEvents }, 400, 'invalid'],
    ['a WebSocket', log, { headers: { upgrade: 'websocket' } }, 406, 'not_acceptable'],
  ])('is refused in the contract’s shape: %s', async (_, target, asked, status, error_code) => {
    const { head, body } = (await ask(target, asked)).answer;
    expect(head).toMatchObject({ statusCode: status, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(body)).toEqual({ request_id: 'request-1', message: expect.any(String), error_code });
  });
});

test('the text of a container that stopped a moment ago has the lines that came late', async () => {
  let asked: boolean | undefined;
  home = {
    ...home,
    logs: {
      ...logs,
      async *read(stream, options) {
        asked = options?.follow;
        yield* logs.read(stream, options);
      },
    },
  };
  write('one');
  const stopped = (time: number) => ({ arn: 'a', state: 'STOPPED', stopped: time }) as const;
  const key = taskKey(uid, 1, 'compile');
  await home.table.update(key, { set: { status: 'successful', launch_1: stopped(home.now()) } });
  expect([(await ask(log)).answer.body, asked]).toEqual(['one\n', true]);
  await home.table.update(key, { set: { launch_1: stopped(home.now() - 60_000) } });
  expect([(await ask(log)).answer.body, asked]).toEqual(['one\n', false]);
});
