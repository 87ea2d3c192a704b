/** The API behind API Gateway's response streaming: what is asked for leaves as it comes. */
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import type { ByteStream } from '../../lib/api/stream/answer.ts';
import { resume, sseContentType } from '../../lib/api/stream/sse.ts';
import { streaming } from '../../lib/api/streaming.ts';
import { GoferError } from '../../lib/errors.ts';
import type { Home } from '../../lib/home.ts';
import { type ApiResult, refuse } from '../middleware.ts';
import { type ApiOptions, serve } from './serve.ts';

/**
 * Milliseconds after which a client has to come back for the rest of its events. Nobody tells a function that its reader
 * has gone: one that nobody reads costs no more than this, and takes a place from others no longer.
 */
const turn = 5 * 60_000;

/** Milliseconds before Lambda would break off the function: enough to say goodbye. */
const margin = 20_000;

/** Writes the answer's head before the first byte of its body; `awslambda.HttpResponseStream.from` on AWS. */
export type Begin = (
  stream: Writable,
  head: { readonly statusCode: number; readonly headers: Record<string, string> },
) => Writable;

export type StreamOptions = ApiOptions & { readonly begin: Begin };

export function createStreamHandler(home: Home, { begin, ...options }: StreamOptions) {
  const api = serve(home, streaming, options);
  return async (
    event: APIGatewayProxyEvent,
    response: Writable,
    context: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<void> => {
    const left = context.getRemainingTimeInMillis() - margin;
    const { stream, ...result } = await api(event);
    const body = stream && ('bytes' in stream ? stream : noWebSocket(result));
    if (!body || 'statusCode' in body) return await sendWhole(begin, response, body ?? result);
    const over = new AbortController();
    // A text can't be taken up where it was cut off.
    const longest = body.contentType === sseContentType ? Math.min(turn, left) : left;
    const timer = setTimeout(() => over.abort(), longest);
    try {
      const headers = { ...headersOf(result), 'content-type': body.contentType, 'cache-control': 'no-store' };
      await send(begin(response, { statusCode: result.statusCode, headers }), body, over);
    } finally {
      clearTimeout(timer);
    }
  };
}

async function send(out: Writable, stream: ByteStream, over: AbortController): Promise<void> {
  // The head leaves with the first write, and a log may have its first line in an hour, or none at all.
  out.write('');
  try {
    await pipeline(untilOver(stream, over.signal), out);
  } catch (error) {
    if (!hasLeft(error)) throw error;
  } finally {
    over.abort();
  }
}

/** A stream that is cut off for its length says so: what isn't whole must not look as if it were. */
async function* untilOver({ bytes, contentType }: ByteStream, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  yield* bytes(signal);
  if (!signal.aborted) return;
  if (contentType !== sseContentType) throw new CutOffError();
  yield resume;
}

/** Breaks off the connection: a text has no other way to tell that its end is missing. */
class CutOffError extends Error {
  override readonly name = 'CutOffError';
  constructor() {
    super('the answer was not read within the 15 minutes that API Gateway streams one');
  }
}

async function sendWhole(begin: Begin, response: Writable, result: ApiResult): Promise<void> {
  const { statusCode, body, isBase64Encoded } = result;
  const out = begin(response, { statusCode, headers: headersOf(result) });
  await pipeline([Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')], out);
}

const noWebSocket = (result: ApiResult): ApiResult =>
  refuse(
    result,
    new GoferError(
      406,
      'not_acceptable',
      'there are no WebSockets here; ask with "Accept: text/event-stream" for Server-Sent Events',
    ),
  );

const headersOf = ({ headers }: ApiResult): Record<string, string> =>
  Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]));

/** A reader who leaves in the middle is no defect. */
const hasLeft = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && leaving.includes(String(error.code));

const leaving = ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE'];
