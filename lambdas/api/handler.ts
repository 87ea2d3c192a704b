/** The API behind API Gateway, whose answers are whole: what streams has a function of its own. */
import { buffer } from 'node:stream/consumers';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { GoferError } from '../../lib/errors.ts';
import type { Home } from '../../lib/home.ts';
import { type ApiResult, headersOfStream, refuse } from '../middleware.ts';
import { createApi } from './api.ts';
import type { ApiOptions } from './serve.ts';

export function createApiHandler(home: Home, options: ApiOptions = {}) {
  const api = createApi(home, options);
  return async (event: APIGatewayProxyEvent, context?: Context): Promise<APIGatewayProxyResult> =>
    await whole(await api(event, context));
}

/** API Gateway hands every stream without an end to the other function: one that comes here took a way of its own. */
async function whole({ stream, ...result }: ApiResult): Promise<APIGatewayProxyResult> {
  if (!stream) return result;
  if ('bytes' in stream && stream.size !== undefined) {
    const bytes = await buffer(stream.bytes(new AbortController().signal));
    const headers = { ...result.headers, ...headersOfStream(stream) };
    return { ...result, headers, body: bytes.toString('base64'), isBase64Encoded: true };
  }
  const advice = 'ask at the address that the stack tells as ApiUrl';
  return refuse(result, new GoferError(406, 'not_acceptable', `this function gives whole answers only; ${advice}`));
}
