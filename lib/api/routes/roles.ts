import * as z from 'zod';
import { createRole, deleteRole, getRole, listRoles, updateRole } from '../../access/roles.ts';
import { operation } from '../operation.ts';
import { pageOf, pageSchema } from '../page.ts';
import { permissionsSchema, roleSchema } from '../schemas/role.ts';

const params = z.object({ role_id: z.string() });
const response = z.object({ role: roleSchema });

export const roles = [
  operation({
    operationId: 'list_roles',
    method: 'GET',
    path: '/api/roles',
    summary: "List roles, Gofer's own first",
    access: { resource: 'permissions', action: 'read' },
    query: pageSchema,
    status: 200,
    response: z.object({ roles: z.array(roleSchema) }),
    handler: async (home, { query }) => ({ roles: await listRoles(home, pageOf(query)) }),
  }),
  operation({
    operationId: 'create_role',
    method: 'POST',
    path: '/api/roles',
    summary: 'Create a role: what those who have it may do',
    access: { resource: 'permissions', action: 'write' },
    body: z
      .strictObject({ id: z.string(), description: z.string(), permissions: permissionsSchema })
      .meta({ id: 'CreateRoleRequest' }),
    status: 201,
    response,
    handler: async (home, { body }) => ({ role: await createRole(home, body) }),
  }),
  operation({
    operationId: 'get_role',
    method: 'GET',
    path: '/api/roles/{role_id}',
    summary: 'Get a role',
    access: { resource: 'permissions', action: 'read' },
    params,
    status: 200,
    response,
    handler: async (home, { params }) => ({ role: await getRole(home, params.role_id) }),
  }),
  operation({
    operationId: 'update_role',
    method: 'PATCH',
    path: '/api/roles/{role_id}',
    summary: 'Change what a role allows, for everybody who has it',
    access: { resource: 'permissions', action: 'write' },
    params,
    body: z
      .strictObject({ description: z.string().nullish(), permissions: permissionsSchema.nullish() })
      .meta({ id: 'UpdateRoleRequest' }),
    status: 200,
    response,
    handler: async (home, { params, body, caller }) => {
      const change = { description: body.description ?? undefined, permissions: body.permissions ?? undefined };
      return { role: await updateRole(home, params.role_id, change, caller?.id) };
    },
  }),
  operation({
    operationId: 'delete_role',
    method: 'DELETE',
    path: '/api/roles/{role_id}',
    summary: 'Delete a role: tokens that have it lose what it allowed',
    access: { resource: 'permissions', action: 'delete' },
    params,
    status: 204,
    handler: (home, { params }) => deleteRole(home, params.role_id),
  }),
];
