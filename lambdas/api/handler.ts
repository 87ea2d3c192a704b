/** The API behind API Gateway, whose answers are whole: what streams has a function of its own. */
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { GoferError } from '../../lib/errors.ts';
import type { Home } from '../../lib/home.ts';
import { type ApiResult, refuse } from '../middleware.ts';
import { createApi } from './api.ts';
import type { ApiOptions } from './serve.ts';

export function createApiHandler(home: Home, options: ApiOptions = {}) {
  const api = createApi(home, options);
  return async (event: APIGatewayProxyEvent, context?: Context): Promise<APIGatewayProxyResult> =>
    whole(await api(event, context));
}

/** API Gateway hands every stream to the other function: one that comes here took a way of its own. */
function whole({ stream, ...result }: ApiResult): APIGatewayProxyResult {
  if (!stream) return result;
  const advice = 'ask at the address that the stack tells as ApiUrl';
  return refuse(result, new GoferError(406, 'not_acceptable', `this function gives whole answers only; ${advice}`));
}
