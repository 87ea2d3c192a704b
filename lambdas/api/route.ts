/** An operation as a route: the event is taken apart, the operation answers, and its answer is written. */
import type { Authenticate, Caller } from '../../lib/access/caller.ts';
import { createCheck } from '../../lib/api/access.ts';
import { HeadedAnswer } from '../../lib/api/headed.ts';
import type { Operation, RawRequest } from '../../lib/api/operation.ts';
import { RedirectAnswer, StreamAnswer } from '../../lib/api/stream/answer.ts';
import { GoferError, InvalidError, NotFoundError } from '../../lib/errors.ts';
import type { Home } from '../../lib/home.ts';
import { type ApiEvent, type ApiResult, answer } from '../middleware.ts';
import { parseBody } from './body.ts';
import { contentOf } from './content.ts';
import { rechecked } from './rechecked.ts';

export function handleOperation(home: Home, operation: Operation, authenticate: Authenticate | undefined) {
  const check = createCheck(operation);
  return async (event: ApiEvent): Promise<ApiResult> => {
    const headers = headersOf(event);
    const params = paramsOf(event);
    const caller = authenticate && operation.access !== 'public' ? await identify(authenticate, headers) : undefined;
    // Before the body is read: what is wrong with it is nobody's business who may not send it.
    if (caller) check(caller, params);
    // A stream outlives what its reader may: whoever asks later on is told as of the last look.
    let current = caller;
    const request: RawRequest = {
      params,
      query: { ...(event.queryStringParameters as Record<string, string> | null) },
      body: operation.body ? parseBody(event) : undefined,
      ...(operation.raw === 'body' && { content: contentOf(event) }),
      headers,
      baseUrl: event.baseUrl ?? '',
      caller: caller && { ...caller, may: (asked) => current?.may(asked) ?? false },
    };
    if (caller) check(caller, params, request.body);
    const result = await operation.answer(home, request).catch((error: unknown) => {
      throw caller && !caller.all && error instanceof NotFoundError ? error.discreet() : error;
    });
    if (result instanceof StreamAnswer) {
      const look = (now: Caller) => {
        current = now;
        check(now, params);
      };
      const stream =
        caller && authenticate ? rechecked(result.stream, () => mayStill(authenticate, headers, look)) : result.stream;
      return { statusCode: operation.status, headers: {}, body: '', stream };
    }
    if (result instanceof HeadedAnswer) return headed(operation.status, result);
    if (result instanceof RedirectAnswer) return { statusCode: 307, headers: { location: result.address }, body: '' };
    if (result === undefined) return { statusCode: operation.status, headers: {}, body: '' };
    return answer(operation.status, result);
  };
}

function headed(status: number, { body, headers }: HeadedAnswer): ApiResult {
  const result = body === undefined ? { statusCode: status, body: '' } : answer(status, body);
  return { ...result, headers: { ...result.headers, ...headers } };
}

/** `normalise` has made the names lower case. */
const headersOf = ({ headers }: ApiEvent) => headers as Record<string, string>;

/** Whether the token is good for the same request as the table says now. */
async function mayStill(
  authenticate: Authenticate,
  { authorization }: Record<string, string>,
  check: (caller: Caller) => void,
): Promise<boolean> {
  const caller = await authenticate(authorization, true);
  if (!caller) return false;
  try {
    check(caller);
    return true;
  } catch {
    return false;
  }
}

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
