/** API tokens. Only the SHA-256 of a secret is stored; the secret is shown once, to whoever asked for the token. */
import { randomBytes } from 'node:crypto';
import { ConflictError, NotFoundError } from '../errors.ts';
import { uuidV7 } from '../events/uuid.ts';
import type { Home } from '../home.ts';
import { ensureDefaultNamespace } from '../namespace/namespaces.ts';
import { systemKey, type TokenItem, tokenKey, tokensPartition } from '../store/items.ts';
import type { Page } from '../store/page.ts';
import { equals, exists, missing, type Table } from '../store/table.ts';
import { getSystem } from '../system/system.ts';
import { checkBootstrapCode } from './bootstrap-code.ts';
import { hashOf, looksLikeSecret, newSecret } from './secret.ts';

export type NewToken = { readonly token: TokenItem; readonly secret: string };

/** `expires`: seconds from now, 0 = never. */
export async function createToken(
  home: Home,
  wanted: Pick<TokenItem, 'user' | 'roles'> & Partial<Pick<TokenItem, 'metadata' | 'expires'>>,
): Promise<NewToken> {
  const secret = newSecret();
  const created = home.now();
  const { user, roles, metadata = {}, expires = 0 } = wanted;
  const token: TokenItem = {
    ...tokenKey(hashOf(secret)),
    id: uuidV7(created, randomBytes(10)),
    user,
    roles,
    metadata,
    created,
    expires: expires && created + expires * 1000,
    disabled: false,
  };
  await home.table.put(token);
  return { token, secret };
}

/**
 * The first token, once in the life of an installation. It is stored before the mark that there is one: a crash between
 * leaves a token whose secret nobody has, never an installation that nobody can enter.
 */
export async function bootstrapToken(home: Home, code?: string): Promise<NewToken> {
  const refusal = new ConflictError('the bootstrap token has been created already; use it, or a token made with it');
  if ((await getSystem(home)).bootstrap !== undefined) throw refusal;
  await checkBootstrapCode(home, code);
  // Nobody has been here before: an installation begins with the namespace that every client starts in.
  await ensureDefaultNamespace(home);
  const metadata = { bootstrap_token: 'true' };
  const made = await createToken(home, { user: 'bootstrap', roles: ['bootstrap'], metadata });
  if (!(await home.table.update(systemKey, { set: { bootstrap: made.token.sk } }, missing('bootstrap')))) {
    await home.table.delete(made.token);
    throw refusal;
  }
  // From here on the code opens nothing. That it is still to be seen must not cost anybody the token.
  await home.bootstrapCode?.remove().catch(() => undefined);
  return made;
}

/**
 * Lets the first token be made once more, for whoever may write the table itself: the answer that held it was lost, or the
 * token was. The one of before opens nothing from here on. A crash between leaves it off, and the next try goes on.
 */
export async function reopenBootstrap(table: Table): Promise<void> {
  const { bootstrap } = await getSystem({ table });
  if (bootstrap === undefined) return;
  await table.update(tokenKey(bootstrap), { set: { disabled: true } }, exists('pk'));
  await table.update(systemKey, { remove: ['bootstrap'] }, equals('bootstrap', bootstrap));
}

/** Whose token an `Authorization` header holds; `undefined`: none that is good now. */
export async function authenticate(home: Home, header: string | undefined): Promise<TokenItem | undefined> {
  const secret = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
  if (!secret || !looksLikeSecret(secret)) return undefined;
  const token = (await home.table.get(tokenKey(hashOf(secret)))) as TokenItem | undefined;
  const good = token && !token.disabled && (token.expires === 0 || home.now() < token.expires);
  return good ? token : undefined;
}

/** Oldest first. */
export async function listTokens(home: Home, page: Page = {}): Promise<TokenItem[]> {
  const { limit = Number.POSITIVE_INFINITY, offset = 0, reverse = false } = page;
  const tokens = (await home.table.query(tokensPartition)) as TokenItem[];
  tokens.sort((a, b) => (a.id < b.id ? -1 : 1));
  return (reverse ? tokens.reverse() : tokens).slice(offset, offset + limit);
}

export async function getToken(home: Home, id: string): Promise<TokenItem> {
  const token = (await listTokens(home)).find((each) => each.id === id);
  if (!token) throw new NotFoundError('token', id);
  return token;
}

/** Switches a token off or on again; it takes effect with the next request. */
export async function setTokenDisabled(home: Home, id: string, disabled: boolean): Promise<TokenItem> {
  const token = await getToken(home, id);
  const changed = await home.table.update(tokenKey(token.sk), { set: { disabled } }, exists('pk'));
  if (!changed) throw new NotFoundError('token', id);
  return changed as TokenItem;
}

export async function deleteToken(home: Home, id: string): Promise<void> {
  const token = await getToken(home, id);
  await home.table.delete(tokenKey(token.sk));
}

export const tokenView = ({ id, created, metadata, expires, disabled, user, roles }: TokenItem) => ({
  id,
  created,
  metadata,
  expires,
  disabled,
  user,
  roles,
});
