import { describe, expect, test, vi } from 'vitest';
import { createClient } from '../../lib/client/client.ts';
import { path } from '../../lib/client/http.ts';

type Step = Response | Error;

/** A client whose server gives these answers, one after the other. */
function scripted(steps: readonly Step[], token?: string) {
  const requests: Request[] = [];
  const waits: number[] = [];
  const client = createClient({
    baseUrl: 'https://gofer.example/prod/',
    ...(token ? { token } : {}),
    wait: async (ms) => void waits.push(ms),
    fetch: async (input, init) => {
      requests.push(new Request(String(input), init));
      const step = steps[requests.length - 1] ?? new Error('no more answers');
      if (step instanceof Error) throw step;
      return step;
    },
  });
  return { client, requests, waits };
}

const json = (body: unknown, status = 200) => Response.json(body, { status });
const broken = () =>
  new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) });
const build = { namespace: 'default', pipeline: 'build' };

describe('requests', () => {
  test('go under the stage path, with version and token', async () => {
    const { client, requests } = scripted([json({ namespaces: [] })], 'secret');
    await client.namespaces.list({ limit: 2 });
    expect(requests[0]?.url).toBe('https://gofer.example/prod/api/namespaces?limit=2');
    expect(requests[0]?.headers.get('gofer-api-version')).toBe('v0');
    expect(requests[0]?.headers.get('authorization')).toBe('Bearer secret');
  });

  test('escape what stands in their path', () => {
    expect(path`/api/namespaces/${'a/../b'}/runs/${3}`).toBe('/api/namespaces/a%2F..%2Fb/runs/3');
  });
});

describe('trying again', () => {
  test('repeats a read whose connection broke, waiting longer each time', async () => {
    const { client, waits } = scripted([broken(), broken(), json({ namespaces: [] })]);
    expect(await client.namespaces.list()).toEqual({ namespaces: [] });
    expect(waits).toEqual([100, 200]);
  });

  test('repeats a read that a gateway or a throttle turned away', async () => {
    const { client } = scripted([json({}, 502), json({}, 429), json({ namespaces: [] })]);
    expect(await client.namespaces.list()).toEqual({ namespaces: [] });
  });

  test('repeats a read whose answer says when to come again', async () => {
    const { client } = scripted([
      new Response('{}', { status: 500, headers: { 'retry-after': '1' } }),
      json({ namespaces: [] }),
    ]);
    expect(await client.namespaces.list()).toEqual({ namespaces: [] });
  });

  test('repeats the start of a run under the same key', async () => {
    const { client, requests } = scripted([broken(), json({ run: {} }, 201)]);
    await client.runs.start(build);
    const keys = requests.map(({ headers }) => headers.get('idempotency-key'));
    expect(keys[0]).toBeTruthy();
    expect(keys[1]).toBe(keys[0]);
  });

  test('never repeats a write that the server may have done', async () => {
    const { client, requests } = scripted([broken(), json({})]);
    await expect(client.configs.deploy(build, 1)).rejects.toThrow('connection refused');
    expect(requests).toHaveLength(1);
  });

  test('gives up after three tries, and says who does not answer', async () => {
    const { client, requests } = scripted([]);
    await expect(client.namespaces.list()).rejects.toThrow('no answer from https://gofer.example/prod');
    expect(requests).toHaveLength(3);
  });
});

describe('errors', () => {
  test('carry status, word and request id of the answer', async () => {
    const body = { request_id: 'r-1', message: 'pipeline "build" does not exist', error_code: 'not_found' };
    const { client } = scripted([json(body, 404)]);
    await expect(client.pipelines.get(build)).rejects.toMatchObject({
      status: 404,
      code: 'not_found',
      message: 'pipeline "build" does not exist',
      requestId: 'r-1',
    });
  });

  test.each([
    ['a page instead of JSON', () => new Response('<html>', { headers: { 'content-type': 'text/html' } }), 'text/html'],
    ['an error of something else', () => new Response('no', { status: 403 }), '403 without a Gofer error'],
  ])('say that %s is no Gofer API', async (_, answer, said) => {
    await expect(scripted([answer()]).client.namespaces.list()).rejects.toThrow(said);
  });
});

describe('streams', () => {
  const task = { ...build, run: 1, task: 'compile' };
  const sse = (text: string) => new Response(text, { headers: { 'content-type': 'text/event-stream' } });
  const line = (id: number, text: string) =>
    `id: 1.${id}\ndata: ${JSON.stringify({ time: 1, source: 'stdout', text })}\n\n`;
  const end = 'event: end\ndata: {}\n\n';
  const texts = async (lines: AsyncIterable<{ readonly text: string }>) => {
    const found: string[] = [];
    for await (const { text } of lines) found.push(text);
    return found;
  };

  test('give lines until the end, without keep-alives', async () => {
    const { client } = scripted([sse(`: keep-alive\n\n${line(1, 'one')}${line(2, 'two')}${end}${line(3, 'never')}`)]);
    expect(await texts(client.logs.follow(task))).toEqual(['one', 'two']);
  });

  test('are read the same however the bytes are cut', async () => {
    const bytes = new TextEncoder().encode(`${line(1, 'grüße 🚀')}${line(2, '')}${end}`.replaceAll('\n', '\r\n'));
    const pieces = new ReadableStream({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    expect(await texts(scripted([new Response(pieces)]).client.logs.follow(task))).toEqual(['grüße 🚀', '']);
  });

  test('go on after the last line when the connection breaks', async () => {
    const { client, requests } = scripted([sse(line(1, 'one')), broken(), sse(line(2, 'two') + end)]);
    expect(await texts(client.logs.follow(task))).toEqual(['one', 'two']);
    expect(requests.map(({ headers }) => headers.get('last-event-id'))).toEqual([null, '1.1', '1.1']);
  });

  test('that are cut off for their length are taken up again, without counting as failed', async () => {
    const resume = 'event: resume\ndata: {}\n\n';
    const connections = Array.from({ length: 20 }, () => sse(`: keep-alive\n\n${resume}`));
    const { client, requests, waits } = scripted([
      sse(line(1, 'one') + resume),
      ...connections,
      sse(line(2, 'two') + end),
    ]);
    expect(await texts(client.logs.follow(task))).toEqual(['one', 'two']);
    expect(requests.at(-1)?.headers.get('last-event-id')).toBe('1.1');
    expect(waits).toEqual(Array.from({ length: 21 }, () => 100));
  });

  test('of events leave out what a new connection tells once more', async () => {
    const told = (...ids: string[]) => ids.map((id) => `id: ${id}\ndata: ${JSON.stringify({ id })}\n\n`).join('');
    const { client } = scripted([sse(told('e1', 'e2')), sse(told('e1', 'e2', 'e3') + end)]);
    const found: string[] = [];
    for await (const { id } of client.events.follow()) found.push(id);
    expect(found).toEqual(['e1', 'e2', 'e3']);
  });

  test('go on for as long as connections say anything, however often they break', async () => {
    const connections = Array.from({ length: 20 }, () => sse(': keep-alive\n\n'));
    const { client } = scripted([...connections, sse(line(1, 'one') + end)]);
    expect(await texts(client.logs.follow(task))).toEqual(['one']);
  });

  test('go on over a new connection when one is silent for a minute', async () => {
    vi.useFakeTimers();
    const hanging = (signal?: AbortSignal | null) =>
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(line(1, 'one')));
          signal?.addEventListener('abort', () => controller.error(signal.reason));
        },
      });
    let connections = 0;
    const client = createClient({
      baseUrl: 'https://gofer.example',
      wait: async () => {},
      fetch: async (_, init) => (connections++ === 0 ? new Response(hanging(init?.signal)) : sse(line(2, 'two') + end)),
    });
    const read = texts(client.logs.follow(task));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await read).toEqual(['one', 'two']);
    vi.useRealTimers();
  });

  test('wait longer each time while nothing comes, then give up', async () => {
    const { client, waits } = scripted(Array.from({ length: 20 }, () => sse('')));
    await expect(texts(client.logs.follow(task))).rejects.toThrow('ends again and again');
    expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 5000]);
  });

  test('are asked for again when a throttle turned them away', async () => {
    const body = { request_id: 'r', message: 'too many requests', error_code: 'throttled' };
    const { client } = scripted([json(body, 429), json(body, 429), sse(line(1, 'one') + end)]);
    expect(await texts(client.logs.follow(task))).toEqual(['one']);
  });

  test('do not go on after an answer: what is gone stays gone', async () => {
    const { client, requests } = scripted([json({ request_id: 'r', message: 'the logs have been removed' }, 410)]);
    await expect(texts(client.logs.follow(task))).rejects.toThrow('the logs have been removed');
    expect(requests).toHaveLength(1);
  });

  test('end without an error when nobody wants them any more', async () => {
    const abort = new AbortController();
    abort.abort();
    const { client } = scripted([new Error('aborted')]);
    expect(await texts(client.logs.follow(task, { signal: abort.signal }))).toEqual([]);
  });
});
