/** The API behind API Gateway, whose answers are whole: a log is given as its text so far. */
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { GoferError } from '../../lib/errors.ts';
import type { Home } from '../../lib/home.ts';
import { type ApiResult, refuse } from '../middleware.ts';
import { createApi } from './api.ts';
import type { ApiOptions } from './serve.ts';

/** Bytes: as much as passes a proxy integration once it is encoded. */
const mostAnswerBytes = 4.5 * 1024 * 1024;

export function createApiHandler(home: Home, options: ApiOptions = {}) {
  const api = createApi(home, options);
  return async (event: APIGatewayProxyEvent, context?: Context): Promise<APIGatewayProxyResult> =>
    whole(await api(event, context));
}

async function whole({ stream, ...result }: ApiResult): Promise<APIGatewayProxyResult> {
  if (!stream) return result;
  if (!('bytes' in stream) || stream.contentType.startsWith('text/event-stream')) {
    const advice = 'ask without "Accept: text/event-stream"';
    return refuse(result, new GoferError(406, 'not_acceptable', `this address gives whole answers only; ${advice}`));
  }
  const leave = new AbortController();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream.bytes(leave.signal)) {
    size += chunk.byteLength;
    chunks.push(chunk);
    if (size <= mostAnswerBytes) continue;
    leave.abort();
    const problem = `the log is larger than the ${mostAnswerBytes} bytes that one answer holds`;
    return refuse(result, new GoferError(413, 'too_large', `${problem}; follow it as a stream`));
  }
  return {
    ...result,
    headers: { ...result.headers, 'content-type': stream.contentType },
    body: Buffer.concat(chunks).toString('base64'),
    isBase64Encoded: true,
  };
}
