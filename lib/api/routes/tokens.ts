import * as z from 'zod';
import { bootstrapHeader } from '../../access/bootstrap-code.ts';
import { checkHandOut, checkLifetime } from '../../access/hand-out.ts';
import { checkRoles } from '../../access/roles.ts';
import { deleteToken, tokenToDelete } from '../../access/token-deletion.ts';
import { bootstrapToken, createToken, getToken, listTokens, setTokenDisabled, tokenView } from '../../access/tokens.ts';
import { GoferError } from '../../errors.ts';
import { operation } from '../operation.ts';
import { pageOf, pageSchema } from '../page.ts';
import { tokenSchema } from '../schemas/token.ts';

const params = z.object({ id: z.string() });
const created = z.object({ token_details: tokenSchema, secret: z.string() });

export const tokens = [
  operation({
    operationId: 'list_tokens',
    method: 'GET',
    path: '/api/tokens',
    summary: 'List tokens, the oldest first; nobody can see their secrets again',
    access: { resource: 'tokens', action: 'read' },
    query: pageSchema,
    status: 200,
    response: z.object({ tokens: z.array(tokenSchema) }),
    handler: async (home, { query }) => ({ tokens: (await listTokens(home, pageOf(query))).map(tokenView) }),
  }),
  operation({
    operationId: 'create_token',
    method: 'POST',
    path: '/api/tokens',
    summary: 'Create a token; its secret is shown this once',
    access: { resource: 'tokens', action: 'write' },
    body: z
      .strictObject({
        user: z.string().describe('Whose it is: a person or a program.'),
        roles: z.array(z.string()).describe('What it may do; see /api/roles.'),
        expires: z.int().nonnegative().describe('Seconds from now; 0: never.'),
        metadata: z.record(z.string(), z.string()).nullish(),
      })
      .meta({ id: 'CreateTokenRequest' }),
    status: 201,
    response: created,
    handler: async (home, { body, caller }) => {
      const { user, roles, expires, metadata } = body;
      // First: which roles there are is nobody's business who may not give them.
      checkHandOut(caller, roles);
      checkLifetime(caller, expires, home.now());
      await checkRoles(home, roles);
      const { token, secret } = await createToken(home, { user, roles, expires, metadata: metadata ?? {} }, caller?.id);
      return { token_details: tokenView(token), secret };
    },
  }),
  operation({
    operationId: 'create_bootstrap_token',
    method: 'POST',
    path: '/api/tokens/bootstrap',
    summary: 'Create the first token, once; on AWS the header gofer-bootstrap-code brings the one-time code',
    access: 'public',
    status: 201,
    response: created,
    handler: async (home, { headers }) => {
      const { token, secret } = await bootstrapToken(home, headers[bootstrapHeader]);
      return { token_details: tokenView(token), secret };
    },
  }),
  operation({
    operationId: 'whoami',
    method: 'GET',
    path: '/api/tokens/whoami',
    summary: 'Get the token that the request was sent with',
    access: 'identified',
    status: 200,
    response: z.object({ token: tokenSchema }),
    handler: async (_, { caller }) => {
      if (!caller)
        throw new GoferError(401, 'unauthenticated', 'this server asks nobody for a token: there is none to show');
      return { token: tokenView(caller.token) };
    },
  }),
  operation({
    operationId: 'get_token_by_id',
    method: 'GET',
    path: '/api/tokens/{id}',
    summary: 'Get a token, without its secret',
    access: { resource: 'tokens', action: 'read' },
    params,
    status: 200,
    response: z.object({ token: tokenSchema }),
    handler: async (home, { params }) => ({ token: tokenView(await getToken(home, params.id)) }),
  }),
  operation({
    operationId: 'update_token',
    method: 'PATCH',
    path: '/api/tokens/{id}',
    summary: 'Switch a token off or on again; it holds everywhere within 30 seconds',
    access: { resource: 'tokens', action: 'write' },
    params,
    body: z.strictObject({ disabled: z.boolean().nullish() }).meta({ id: 'UpdateTokenRequest' }),
    status: 204,
    handler: async (home, { params, body, caller }) => {
      const { roles } = await getToken(home, params.id);
      checkHandOut(caller, roles);
      if (typeof body.disabled === 'boolean') await setTokenDisabled(home, params.id, body.disabled, caller?.id);
    },
  }),
  operation({
    operationId: 'delete_token',
    method: 'DELETE',
    path: '/api/tokens/{id}',
    summary: 'Delete a token for good',
    access: { resource: 'tokens', action: 'delete' },
    params,
    status: 204,
    handler: async (home, { params, caller }) => {
      checkHandOut(caller, (await tokenToDelete(home, params.id)).roles);
      await deleteToken(home, params.id, caller?.id);
    },
  }),
];
