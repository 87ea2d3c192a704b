import * as z from 'zod';
import { mayRead } from '../../access/visible.ts';
import {
  createNamespace,
  deleteNamespace,
  getNamespace,
  listNamespaces,
  namespaceView,
  updateNamespace,
} from '../../namespace/namespaces.ts';
import { operation } from '../operation.ts';
import { paged, pageOf, pageSchema } from '../page.ts';
import { namespaceSchema } from '../schemas/namespace.ts';

const params = z.object({ namespace_id: z.string() });
const response = z.object({ namespace: namespaceSchema });

export const namespaces = [
  operation({
    operationId: 'list_namespaces',
    method: 'GET',
    path: '/api/namespaces',
    summary: 'List namespaces',
    access: { resource: 'namespaces', action: 'read' },
    query: pageSchema,
    status: 200,
    response: z.object({ namespaces: z.array(namespaceSchema) }),
    handler: async (home, { query, caller }) => {
      const all = await listNamespaces(home);
      return { namespaces: paged(all.filter(mayRead(caller, 'namespaces')), pageOf(query)).map(namespaceView) };
    },
  }),
  operation({
    operationId: 'create_namespace',
    method: 'POST',
    path: '/api/namespaces',
    summary: 'Create a namespace',
    access: { resource: 'namespaces', action: 'write', named: 'id' },
    body: z
      .strictObject({ id: z.string(), name: z.string(), description: z.string() })
      .meta({ id: 'CreateNamespaceRequest' }),
    status: 201,
    response,
    handler: async (home, { body }) => ({ namespace: namespaceView(await createNamespace(home, body)) }),
  }),
  operation({
    operationId: 'get_namespace',
    method: 'GET',
    path: '/api/namespaces/{namespace_id}',
    summary: 'Get a namespace',
    access: { resource: 'namespaces', action: 'read' },
    params,
    status: 200,
    response,
    handler: async (home, { params }) => ({ namespace: namespaceView(await getNamespace(home, params.namespace_id)) }),
  }),
  operation({
    operationId: 'update_namespace',
    method: 'PATCH',
    path: '/api/namespaces/{namespace_id}',
    summary: 'Change the name or description of a namespace',
    access: { resource: 'namespaces', action: 'write' },
    params,
    body: z
      .strictObject({ name: z.string().nullish(), description: z.string().nullish() })
      .meta({ id: 'UpdateNamespaceRequest' }),
    status: 200,
    response,
    handler: async (home, { params, body }) => {
      const change = { name: body.name ?? undefined, description: body.description ?? undefined };
      return { namespace: namespaceView(await updateNamespace(home, params.namespace_id, change)) };
    },
  }),
  operation({
    operationId: 'delete_namespace',
    method: 'DELETE',
    path: '/api/namespaces/{namespace_id}',
    summary: 'Delete a namespace that holds no pipelines',
    access: { resource: 'namespaces', action: 'delete' },
    params,
    status: 204,
    handler: (home, { params }) => deleteNamespace(home, params.namespace_id),
  }),
];
