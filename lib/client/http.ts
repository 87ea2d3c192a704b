/** Requests to the API: version header, token, retries where repeating is harmless, errors as `GoferError`. */
import { ApiError, NotGoferError, RefusedContentError, UnreachableError } from './errors.ts';

export type HttpOptions = {
  /** With or without a trailing slash; a stage path belongs to it. */
  readonly baseUrl: string;
  readonly token?: string;
  readonly fetch?: typeof fetch;
  /** Milliseconds between tries; tests pass one that does not wait. */
  readonly wait?: (ms: number) => Promise<void>;
  /** Called with one line for each request and each further try. */
  readonly trace?: (line: string) => void;
  /** Called with what the server says although all went well. */
  readonly warn?: (text: string) => void;
};

export type Request = {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** Sent as it is, in place of JSON. */
  readonly content?: Blob;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Tries in all. Default 3 where repeating is harmless (GET, DELETE, anything with an `Idempotency-Key`), else 1. */
  readonly tries?: number;
};

/** Takes a content once. */
export type UploadAddress = { readonly url: string; readonly headers: Readonly<Record<string, string>> };

export type Http = {
  /** The answer's JSON; `undefined` for 204. */
  json<T>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, request?: Request): Promise<T>;
  /** The answer itself, for streams; its status is 2xx. */
  open(path: string, request?: Request): Promise<Response>;
  /** Sends a content by PUT to an address that the API has given: it has its own signature and gets no token. */
  send(address: UploadAddress, content: Blob): Promise<void>;
};

/** Puts values into a path, escaped: path`/api/namespaces/${namespace}`. */
export const path = (parts: TemplateStringsArray, ...values: (string | number)[]): string =>
  String.raw({ raw: parts }, ...values.map((value) => encodeURIComponent(value)));

/** 0.1 s, 0.2 s, 0.4 s … at most 5 s. */
export const backoff = (attempt: number): number => Math.min(100 * 2 ** attempt, 5000);

/** Answers of gateways and throttles: the request did not reach its handler, or its answer did not come back. */
const passing = new Set([429, 502, 504]);

/** S3's own answers: it is not well, or an earlier try is still under way (409). */
const isWorthTrying = ({ status }: Response) => status >= 500 || status === 409;

/** API Gateway answers 500 when a function can't be started; ours then says when to come again. */
const isPassing = ({ status, headers }: Response) => passing.has(status) || headers.has('retry-after');

export function createHttp(options: HttpOptions): Http {
  const { fetch = globalThis.fetch, wait = pause, trace = () => {} } = options;
  const base = options.baseUrl.replace(/\/+$/, '');

  async function send(method: string, target: string, request: Request): Promise<Response> {
    const headers: Record<string, string> = {
      'gofer-api-version': 'v0',
      accept: 'application/json',
      ...request.headers,
    };
    if (options.token) headers['authorization'] = `Bearer ${options.token}`;
    if (request.body !== undefined) headers['content-type'] = 'application/json';
    if (request.content) headers['content-type'] ??= 'application/octet-stream';
    const harmless = method === 'GET' || method === 'DELETE' || headers['idempotency-key'] !== undefined;
    const tries = request.tries ?? (harmless ? 3 : 1);
    const url = base + target + queryOf(request.query);
    for (let attempt = 0; ; attempt++) {
      const last = attempt + 1 >= tries;
      try {
        const response = await fetch(url, {
          method,
          headers,
          ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
          ...(request.content ? { body: request.content } : {}),
          ...(request.signal ? { signal: request.signal } : {}),
        });
        trace(`${method} ${url} ${response.status} ${response.headers.get('x-request-id') ?? ''}`.trimEnd());
        if (last || !isPassing(response)) return response;
        await response.body?.cancel();
      } catch (error) {
        if (request.signal?.aborted) throw error;
        trace(`${method} ${url} failed: ${error instanceof Error ? error.message : error}`);
        if (last) throw new UnreachableError(base, error);
      }
      await wait(backoff(attempt));
    }
  }

  async function ok(method: string, target: string, request: Request): Promise<Response> {
    const response = await send(method, target, request);
    if (!response.ok) throw await errorOf(response, base);
    const warning = /^299 \S+ "(.*)"$/.exec(response.headers.get('warning') ?? '')?.[1];
    if (warning) options.warn?.(warning);
    return response;
  }

  return {
    open: (target, request = {}) => ok('GET', target, request),
    async send({ url, headers }, content) {
      const { host } = new URL(url);
      for (let attempt = 0; ; attempt++) {
        const last = attempt + 1 >= 3;
        const answer = await fetch(url, { method: 'PUT', headers, body: content }).catch((error: unknown) => {
          if (last) throw new UnreachableError(host, error);
          return undefined;
        });
        trace(`PUT ${host} ${answer?.status ?? 'failed'}`);
        // 412: it lies there already, for an earlier try arrived although nothing was heard of it.
        if (answer?.ok || (answer?.status === 412 && attempt > 0)) return;
        if (answer && (last || !isWorthTrying(answer)))
          throw new RefusedContentError(host, answer.status, await answer.text());
        await wait(backoff(attempt));
      }
    },
    async json<T>(method: string, target: string, request: Request = {}) {
      const response = await ok(method, target, request);
      // Without a body there is nothing to read, and callers of such routes expect nothing.
      if (response.status === 204) return undefined as T;
      const text = await response.text().catch((error: unknown) => {
        throw new UnreachableError(base, error);
      });
      try {
        // The one place where the contract is taken at its word: the server validates what it answers, not the client.
        return JSON.parse(text) as T;
      } catch {
        throw new NotGoferError(base, `${response.status} with ${response.headers.get('content-type') ?? 'no type'}`);
      }
    },
  };
}

async function errorOf(response: Response, base: string): Promise<ApiError | NotGoferError> {
  const body: unknown = await response.json().catch(() => undefined);
  if (typeof body !== 'object' || body === null || !('message' in body))
    return new NotGoferError(base, `${response.status} without a Gofer error`);
  const text = (name: string): string | undefined => {
    const value: unknown = Reflect.get(body, name);
    return typeof value === 'string' ? value : undefined;
  };
  return new ApiError(
    response.status,
    text('error_code') ?? 'error',
    text('message') ?? `status ${response.status}`,
    text('request_id'),
    isPassing(response),
  );
}

function queryOf(query: Request['query']): string {
  const given = Object.entries(query ?? {}).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)] as [string, string]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
