/** What every request to the API passes through, on its way in and out. Each piece is a middy middleware. */
import { randomUUID } from 'node:crypto';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { Stream } from '../lib/api/stream/answer.ts';
import { GoferError, InvalidError } from '../lib/errors.ts';

/** The answer of API Gateway's proxy; a home whose edge can stream takes `stream` in place of the body. */
export type ApiResult = APIGatewayProxyResult & { readonly stream?: Stream };

export type ApiEvent = APIGatewayProxyEvent & {
  /** The body as it comes, from an edge that doesn't hold it back. */
  readonly content?: AsyncIterable<Uint8Array>;
  /** Set by `requestId`. */
  requestId?: string;
  /** Set by `normalise`: where the client reaches the API, without a slash at its end. */
  baseUrl?: string;
};

type Middleware = MiddlewareObj<ApiEvent, ApiResult, Error>;

/** `x-request-id` on every answer: API Gateway's own, which is in its logs too. */
export function requestId(): Middleware {
  return {
    before({ event }) {
      event.requestId = event.requestContext?.requestId || randomUUID();
    },
    after({ event, response }) {
      if (response) response.headers = { ...response.headers, 'x-request-id': event.requestId ?? '' };
    },
  };
}

/**
 * Names of headers in lower case, and the path from `/api` on: stages and base paths stand before it. Parameters are
 * read from the path, as it was sent: API Gateway hands over decoded ones for some of its routes.
 */
export function normalise(): Middleware {
  return {
    before({ event }) {
      event.pathParameters = null;
      const headers = Object.entries(event.headers ?? {});
      event.headers = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
      event.baseUrl = baseUrlOf(event);
      const at = event.path.indexOf('/api/');
      if (at > 0) event.path = event.path.slice(at);
    },
  };
}

/** The stage, or the base path of a domain of one's own, stands in the context's path alone. */
function baseUrlOf({ headers, path, requestContext }: ApiEvent): string {
  const whole = requestContext?.path ?? path;
  const before = whole.slice(0, Math.max(whole.indexOf('/api/'), 0));
  return `${headers['x-forwarded-proto'] ?? 'http'}://${headers['host'] ?? 'localhost'}${before}`;
}

const apiVersions = ['v0'];

/** `gofer-api-version`: absent means v0. */
export function apiVersion(): Middleware {
  return {
    before({ event }) {
      const version = event.headers['gofer-api-version'];
      if (version === undefined || apiVersions.includes(version)) return;
      throw new InvalidError(
        `header gofer-api-version: "${version}" is not known; known are ${apiVersions.join(', ')}`,
      );
    },
  };
}

/** What is known of a stream before its first byte. */
export const headersOfStream = (stream: Stream): Record<string, string> =>
  'bytes' in stream
    ? {
        'content-type': stream.contentType,
        'cache-control': 'no-store',
        ...(stream.size !== undefined && { 'content-length': String(stream.size) }),
      }
    : {};

/** A HEAD is answered as the GET would be, without its body. */
export function head(): Middleware {
  const heads = new WeakSet<ApiEvent>();
  return {
    before({ event }) {
      if (event.httpMethod !== 'HEAD') return;
      event.httpMethod = 'GET';
      heads.add(event);
    },
    after(request) {
      if (!request.response || !heads.has(request.event)) return;
      const { stream, ...rest } = request.response;
      request.response = { ...rest, headers: { ...rest.headers, ...(stream && headersOfStream(stream)) }, body: '' };
    },
  };
}

/** Called with what no `GoferError` explains: a defect, or a service that is down. */
export type Report = (error: unknown, requestId: string) => void;

/** Every error becomes `{request_id, message, error_code}`. What isn't ours says nothing of its inside. */
export function errors(report: Report): Middleware {
  return {
    onError({ event, error }) {
      const id = event.requestId ?? randomUUID();
      const known = error instanceof GoferError ? error : unknownError(error, id, report);
      return answer(
        known.status,
        { request_id: id, message: known.message, error_code: known.code },
        headersOf(known, id),
      );
    },
  };
}

function unknownError(error: unknown, id: string, report: Report): GoferError {
  report(error, id);
  return new GoferError(500, 'internal', `something went wrong on the server; its log says more under request ${id}`);
}

function headersOf(error: GoferError, id: string): Record<string, string> {
  return {
    'x-request-id': id,
    ...(error instanceof MethodError && { allow: error.allow.join(', ') }),
    ...(error.status === 401 && { 'www-authenticate': 'Bearer' }),
  };
}

/** 405: the path is right, the method isn't. */
export class MethodError extends GoferError {
  override readonly name = 'MethodError';
  readonly allow: readonly string[];
  constructor(method: string, path: string, allow: readonly string[]) {
    super(405, 'method_not_allowed', `${method} ${path} does not exist; allowed are ${allow.join(', ')}`);
    this.allow = allow;
  }
}

/** An error in place of an answer that its edge can't give. */
export function refuse({ headers }: ApiResult, { status, code, message }: GoferError): ApiResult {
  const request_id = String(headers?.['x-request-id'] ?? '');
  return answer(status, { request_id, message, error_code: code }, { 'x-request-id': request_id });
}

/** An answer with a JSON body. */
export function answer(statusCode: number, body: unknown, headers: Record<string, string> = {}): ApiResult {
  return { statusCode, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}
