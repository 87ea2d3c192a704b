/** An installation that asks for tokens, with somebody who may do everything. */
import { createAuthenticate } from '../../lib/access/caller.ts';
import type { Permission } from '../../lib/access/permission.ts';
import { createRole } from '../../lib/access/roles.ts';
import { createToken } from '../../lib/access/tokens.ts';
import { createNamespace } from '../../lib/namespace/namespaces.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import { type Send, startApi } from '../api/client.ts';
import { configOf, createMemoryHome } from '../memory-home.ts';

export async function startGuarded(home = createMemoryHome(), keep = 0) {
  const api = await startApi(home, { authenticate: createAuthenticate(home, keep) });
  const as =
    (secret: string): Send =>
    (line, sent = {}) =>
      api(line, { ...sent, headers: { ...sent.headers, authorization: `Bearer ${secret}` } });
  const withRoles = async (...roles: string[]) => {
    const { token, secret } = await createToken(home, { user: 'ann', roles });
    return { token, secret, send: as(secret) };
  };
  let count = 0;
  /** Somebody with one role, of these permissions. */
  const withPermissions = async (...permissions: Permission[]) => {
    const { id } = await createRole(home, { id: `role-${++count}`, description: '', permissions });
    return (await withRoles(id)).send;
  };
  const admin = (await withRoles('admin')).send;
  /** A namespace with pipelines. */
  const namespaceWith = async (id: string, ...pipelines: string[]) => {
    await createNamespace(home, { id, name: id, description: '' });
    for (const pipeline of pipelines)
      await registerConfig(home, { namespace: id, pipeline, config: configOf(pipeline) });
  };
  return { home, api, as, admin, withRoles, withPermissions, namespaceWith };
}

export const everyAction = ['read', 'write', 'delete'] as const;

export type Created = { readonly token_details: { readonly id: string }; readonly secret: string };

/** What asks for a token, as a team's CI would have it. */
export const tokenOfCi = { user: 'ci', roles: ['user'], expires: 3600, metadata: { team: 'web' } };

/** With that token, made through the API. */
export async function startWithToken(more: object = {}) {
  const world = await startGuarded();
  const { json } = await world.admin('POST /api/tokens', { body: { ...tokenOfCi, ...more } });
  const { token_details: details, secret } = json as unknown as Created;
  return { ...world, id: details.id, secret, ci: world.as(secret) };
}
