/** An operation as a route: the event is taken apart, the operation answers, and its answer is written. */
import type { Caller, Operation, RawRequest } from '../../lib/api/operation.ts';
import { StreamAnswer } from '../../lib/api/stream/answer.ts';
import { GoferError, InvalidError } from '../../lib/errors.ts';
import type { Home } from '../../lib/home.ts';
import { type ApiEvent, type ApiResult, answer } from '../middleware.ts';
import { parseBody } from './body.ts';

/** Whose an `Authorization` header is; `undefined`: nobody's. */
export type Authenticate = (authorization: string | undefined) => Promise<Caller | undefined>;

export function handleOperation(home: Home, operation: Operation, authenticate: Authenticate | undefined) {
  return async (event: ApiEvent): Promise<ApiResult> => {
    const headers = headersOf(event);
    const caller = authenticate && operation.access !== 'public' ? await identify(authenticate, headers) : undefined;
    const request: RawRequest = {
      params: paramsOf(event),
      query: { ...(event.queryStringParameters as Record<string, string> | null) },
      body: operation.body ? parseBody(event) : undefined,
      headers,
      baseUrl: event.baseUrl ?? '',
      caller,
    };
    const result = await operation.answer(home, request);
    if (result instanceof StreamAnswer)
      return { statusCode: operation.status, headers: {}, body: '', stream: result.stream };
    if (result === undefined) return { statusCode: operation.status, headers: {}, body: '' };
    return answer(operation.status, result);
  };
}

/** `normalise` has made the names lower case. */
const headersOf = ({ headers }: ApiEvent) => headers as Record<string, string>;

async function identify(authenticate: Authenticate, { authorization }: Record<string, string>): Promise<Caller> {
  const caller = await authenticate(authorization);
  if (caller) return caller;
  const why = authorization
    ? 'the token is not known, disabled or expired'
    : 'a token is needed: send it as "Authorization: Bearer <token>"; the first one comes from POST /api/tokens/bootstrap';
  throw new GoferError(401, 'unauthenticated', why);
}

function paramsOf({ pathParameters, path }: ApiEvent): Record<string, string> {
  try {
    const params = Object.entries(pathParameters ?? {});
    return Object.fromEntries(params.map(([name, value]) => [name, decodeURIComponent(value ?? '')]));
  } catch {
    throw new InvalidError(`path "${path}" is not well encoded: a % is followed by two hexadecimal digits`);
  }
}
