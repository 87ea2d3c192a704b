/** The outside of the command line in memory: captured streams, a clock that never makes anybody wait. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { Io, Sink } from '../../lib/cli/io.ts';
import { main } from '../../lib/cli/main.ts';

export type Answer = {
  readonly status?: number;
  readonly body?: unknown;
  readonly sse?: readonly string[];
  readonly text?: string;
};
/** Answers by `GET /api/…` (with the query, if there is one), as a value or made anew for each request. */
export type Routes = Readonly<Record<string, Answer | ((request: Received) => Answer)>>;
export type Received = { readonly key: string; readonly headers: Headers; readonly body: unknown };

export type Options = {
  readonly routes?: Routes;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly tty?: boolean;
  readonly home?: string;
  readonly cwd?: string;
  /** Replaces the routes, as for a server that does not answer. */
  readonly fetch?: typeof fetch;
  /** Called with what standard output holds so far; may interrupt. */
  readonly onOutput?: (text: string, interrupt: () => void) => void;
  /** Called before each wait with its count; may interrupt. */
  readonly onWait?: (count: number, interrupt: () => void) => void;
};

export type Result = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly requests: readonly Received[];
  json(): unknown;
};

export const emptyFolder = (): string => mkdtempSync(join(tmpdir(), 'gofer-cli-'));

/** Runs `gofer <line>` and returns what it wrote and its exit code. */
export async function gofer(line: string | readonly string[], options: Options = {}): Promise<Result> {
  const listeners = new Set<() => void>();
  const interrupt = () => {
    for (const listener of listeners) listener();
  };
  const stdout = capture(options.tty ?? false, (text) => options.onOutput?.(text, interrupt));
  const stderr = capture(false);
  const requests: Received[] = [];
  let waits = 0;
  let now = Date.UTC(2026, 10, 23, 12);
  const io: Io = {
    stdin: Readable.from(options.stdin ?? ''),
    stdout: stdout.sink,
    stderr: stderr.sink,
    env: options.env ?? {},
    cwd: options.cwd ?? '/nowhere',
    home: options.home ?? '/nowhere',
    now: () => now,
    wait: async (ms) => {
      now += ms;
      options.onWait?.(++waits, interrupt);
      await setImmediate();
    },
    every: () => () => {},
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    fetch: options.fetch ?? fakeFetch(options.routes ?? {}, requests),
  };
  const code = await main(typeof line === 'string' ? line.split(' ') : line, io);
  return {
    code,
    stdout: stdout.text(),
    stderr: stderr.text(),
    requests,
    json: () => JSON.parse(stdout.text()),
  };
}

function capture(isTTY: boolean, onWrite: (text: string) => void = () => {}): { sink: Sink; text: () => string } {
  const chunks: Buffer[] = [];
  const sink: Sink = {
    isTTY,
    columns: 100,
    rows: 30,
    write: async (chunk) => {
      chunks.push(Buffer.from(chunk));
      onWrite(Buffer.concat(chunks).toString());
    },
  };
  return { sink, text: () => Buffer.concat(chunks).toString() };
}

function fakeFetch(routes: Routes, requests: Received[]): typeof fetch {
  return async (input, init) => {
    const url = new URL(String(input));
    const key = `${init?.method ?? 'GET'} ${url.pathname}${url.search}`;
    const text = init?.body === undefined || init.body === null ? undefined : String(init.body);
    const received = {
      key,
      headers: new Headers(init?.headers),
      body: text === undefined ? undefined : JSON.parse(text),
    };
    requests.push(received);
    const route = routes[key];
    if (route === undefined)
      return json(404, { request_id: 'r-404', message: `no route ${key}`, error_code: 'not_found' });
    const answer = typeof route === 'function' ? route(received) : route;
    const { status = 200, body, sse, text: plain } = answer;
    if (plain !== undefined) return new Response(plain, { status });
    if (sse === undefined) return status === 204 ? new Response(null, { status }) : json(status, body);
    return new Response(sse.map((event) => `${event}\n\n`).join(''), {
      headers: { 'content-type': 'text/event-stream' },
    });
  };
}

const json = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
