import * as z from 'zod';
import { bootstrapHeader } from '../../access/bootstrap-code.ts';
import { bootstrapToken, getToken, tokenView } from '../../access/tokens.ts';
import { GoferError } from '../../errors.ts';
import { operation } from '../operation.ts';
import { tokenSchema } from '../schemas/token.ts';

export const tokens = [
  operation({
    operationId: 'create_bootstrap_token',
    method: 'POST',
    path: '/api/tokens/bootstrap',
    summary: 'Create the first token, once; on AWS the header gofer-bootstrap-code brings the one-time code',
    access: 'public',
    status: 201,
    response: z.object({ token_details: tokenSchema, secret: z.string() }),
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
    access: { resource: 'tokens', action: 'read' },
    status: 200,
    response: z.object({ token: tokenSchema }),
    handler: async (home, { caller }) => {
      if (!caller)
        throw new GoferError(401, 'unauthenticated', 'this server asks nobody for a token: there is none to show');
      return { token: tokenView(await getToken(home, caller.id)) };
    },
  }),
];
