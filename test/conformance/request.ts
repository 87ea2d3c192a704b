/** A request to an operation of the contract, and what came back. */
import type { ContractOperation } from './contract.ts';

export type Request = {
  /** Of the path; encoded on their way out. */
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Goes out as JSON. */
  readonly body?: unknown;
  /** Goes out as it is, in place of `body`. */
  readonly raw?: string;
  /** `null`: without this one. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** Default: of somebody who may do everything; `null`: none. */
  readonly token?: string | null;
};

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  /** Of a stream: its first event. */
  readonly text: string;
  /** `undefined`: the body is not JSON. */
  readonly json: unknown;
};

export type Ask = (operation: Pick<ContractOperation, 'method' | 'path'>, request?: Request) => Promise<Answer>;

/** Milliseconds: of no meaning but to end a request that hangs. */
const patience = 60_000;

export function createAsk({ url, token }: { readonly url: string; readonly token: string }): Ask {
  return async ({ method, path }, request = {}) => {
    const who = request.token === undefined ? token : request.token;
    const body = request.raw ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
    const headers = {
      'gofer-api-version': 'v0',
      authorization: who === null ? null : `Bearer ${who}`,
      'content-type': body === undefined ? null : 'application/json',
      ...request.headers,
    };
    try {
      const response = await fetch(url + pathOf(path, request), {
        method,
        headers: Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
        ...(body !== undefined && { body }),
        signal: AbortSignal.timeout(patience),
      });
      const text = isStream(response) ? await firstEvent(response) : await response.text();
      return { status: response.status, headers: response.headers, text, json: jsonIn(text) };
    } catch (error) {
      throw new Error(`${method} ${path} with ${JSON.stringify(request)} has no whole answer`, { cause: error });
    }
  };
}

function pathOf(path: string, { params = {}, query = {} }: Request): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? `no-${name}`));
  const search = new URLSearchParams(query).toString();
  return search ? `${filled}?${search}` : filled;
}

export const eventStream = 'text/event-stream';

const isStream = ({ headers }: Response) => headers.get('content-type')?.startsWith(eventStream) ?? false;

/** A stream goes on: its reader leaves when the first event is there, or at its end. */
async function firstEvent(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (/^data: .*\n\n/m.test(text)) break;
  }
  return text;
}

/** The first `data:` of Server-Sent Events, as JSON. */
export const dataIn = (text: string): unknown => jsonIn(/^data: (.*)$/m.exec(text)?.[1] ?? '');

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
