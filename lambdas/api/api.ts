/** The API: every operation, and the document that describes them. */
import { openApiDocument } from '../../lib/api/openapi.ts';
import { type Operation, operation } from '../../lib/api/operation.ts';
import { operations } from '../../lib/api/operations.ts';
import { GoferError } from '../../lib/errors.ts';
import type { Home } from '../../lib/home.ts';
import { type Api, type ApiOptions, serve } from './serve.ts';

export const createApi = (home: Home, options: ApiOptions = {}): Api => serve(home, [...operations, openApi], options);

/** The same where only those come who have a token already: nobody becomes the administrator by being the first. */
export const createApiWithoutBootstrap = (home: Home, options: ApiOptions): Api =>
  serve(home, [...operations.map(withoutBootstrap), openApi], options);

function withoutBootstrap(operation: Operation): Operation {
  if (operation.operationId !== 'create_bootstrap_token') return operation;
  const why = 'containers are given no bootstrap token; ask for it at the address that "gofer dev" tells';
  return { ...operation, answer: () => Promise.reject(new GoferError(403, 'forbidden', why)) };
}

let document: ReturnType<typeof openApiDocument> | undefined;

const openApi = operation({
  operationId: 'get_openapi',
  method: 'GET',
  path: '/api/openapi.json',
  summary: 'Get this document',
  access: 'public',
  status: 200,
  handler: (_, { baseUrl }) => {
    document ??= openApiDocument(operations);
    return { ...document, servers: [{ url: baseUrl }] };
  },
});
