/** The API behind API Gateway, whose answers are whole: a log is given as its text so far. */
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { Home } from '../../lib/home.ts';
import { type ApiResult, answer } from '../middleware.ts';
import { type ApiOptions, createApi } from './api.ts';

/** Bytes: as much as passes a proxy integration once it is encoded. */
const mostAnswerBytes = 4.5 * 1024 * 1024;

export function createApiHandler(home: Home, options: ApiOptions = {}) {
  const api = createApi(home, options);
  return async (event: APIGatewayProxyEvent, context?: Context): Promise<APIGatewayProxyResult> =>
    whole(await api(event, context));
}

async function whole({ stream, ...result }: ApiResult): Promise<APIGatewayProxyResult> {
  if (!stream) return result;
  const request_id = String(result.headers?.['x-request-id'] ?? '');
  const refuse = (status: number, error_code: string, message: string) =>
    answer(status, { request_id, message, error_code }, { 'x-request-id': request_id });
  if (!('bytes' in stream) || stream.contentType.startsWith('text/event-stream')) {
    return refuse(
      406,
      'not_acceptable',
      'this address gives whole answers only; ask without "Accept: text/event-stream"',
    );
  }
  const leave = new AbortController();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream.bytes(leave.signal)) {
    size += chunk.byteLength;
    chunks.push(chunk);
    if (size <= mostAnswerBytes) continue;
    leave.abort();
    return refuse(
      413,
      'too_large',
      `the log is larger than the ${mostAnswerBytes} bytes that one answer holds; follow it as a stream`,
    );
  }
  return {
    ...result,
    headers: { ...result.headers, 'content-type': stream.contentType },
    body: Buffer.concat(chunks).toString('base64'),
    isBase64Encoded: true,
  };
}
