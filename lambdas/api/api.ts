/** The API: every operation, and the document that describes them. */
import { openApiDocument } from '../../lib/api/openapi.ts';
import { operation } from '../../lib/api/operation.ts';
import { operations } from '../../lib/api/operations.ts';
import type { Home } from '../../lib/home.ts';
import { type Api, type ApiOptions, serve } from './serve.ts';

export const createApi = (home: Home, options: ApiOptions = {}): Api => serve(home, [...operations, openApi], options);

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
