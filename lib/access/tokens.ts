/** API tokens. Only the SHA-256 of a secret is stored; the secret is shown once, to whoever asked for the token. */
import { randomBytes } from 'node:crypto';
import { ConflictError, InvalidError, NotFoundError } from '../errors.ts';
import { uuidV7 } from '../events/uuid.ts';
import type { Home } from '../home.ts';
import { ensureDefaultNamespace } from '../namespace/namespaces.ts';
import {
  type TokenExpiryItem,
  type TokenItem,
  tokenExpiryKey,
  tokenKey,
  tokensPartition,
} from '../store/items/access.ts';
import { systemKey } from '../store/items/system.ts';
import type { Page } from '../store/page.ts';
import { all, any, differs, equals, exists, less, missing } from '../store/table.ts';
import { getSystem } from '../system/system.ts';
import { checkBootstrapCode } from './bootstrap-code.ts';
import { hashOf, looksLikeSecret, newSecret } from './secret.ts';
import { type By, tellToken } from './tell.ts';

export type NewToken = { readonly token: TokenItem; readonly secret: string };

/** Seconds: a hundred years. */
const longestLife = 100 * 365 * 86_400;
/** Characters of a token's user, and of its metadata as JSON. */
const longestUser = 128;
const mostMetadata = 4_096;
/** Roles of one token: each is read when it comes. */
const mostRoles = 20;

/** Milliseconds between two notes of a token's use: each is a write. */
const noteEvery = 3_600_000;

/** `expires`: seconds from now, 0 = never. */
export async function createToken(
  home: Home,
  wanted: Pick<TokenItem, 'user' | 'roles'> & Partial<Pick<TokenItem, 'metadata' | 'expires' | 'extension'>>,
  by?: By,
): Promise<NewToken> {
  const secret = newSecret();
  const created = home.now();
  const { user, roles, metadata = {}, expires = 0, extension } = wanted;
  checkToken({ user, roles, metadata, expires });
  const hash = hashOf(secret);
  const token: TokenItem = {
    ...tokenKey(hash),
    id: uuidV7(created, randomBytes(10)),
    user,
    roles,
    metadata,
    created,
    expires: expires && created + expires * 1000,
    disabled: false,
    ...(extension !== undefined && { extension }),
  };
  if (token.expires) {
    const item: TokenExpiryItem = { ...tokenExpiryKey(token.expires, hash), token: hash, expires: token.expires };
    await home.table.put(item);
  }
  await home.table.put(token);
  await tellToken(home, 'created_token', token, created, by);
  return { token, secret };
}

function checkToken({ user, roles, metadata, expires }: Pick<TokenItem, 'user' | 'roles' | 'metadata' | 'expires'>) {
  if (!user || user.length > longestUser || /\p{C}/u.test(user))
    throw new InvalidError(
      `user ${JSON.stringify(user.slice(0, longestUser))} must be 1 to ${longestUser} characters that can be shown`,
    );
  if (expires > longestLife)
    throw new InvalidError(
      `expires ${expires} is more than a hundred years; give the seconds from now, or 0 for never`,
    );
  if (roles.length > mostRoles)
    throw new InvalidError(
      `roles: ${roles.length} are given, ${mostRoles} are allowed; put them together into one role`,
    );
  const size = JSON.stringify(metadata).length;
  if (size > mostMetadata)
    throw new InvalidError(`metadata takes ${size} characters of JSON; ${mostMetadata} are allowed`);
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

/** What it takes to switch a token off or on. */
type Switched = Pick<Home, 'table' | 'now' | 'bus'>;

/**
 * Lets the first token be made once more, for whoever may write the table itself: the answer that held it was lost, or the
 * token was. The one of before opens nothing from here on, which is told. A crash between leaves it off, and the next try
 * goes on.
 */
export async function reopenBootstrap(home: Switched): Promise<void> {
  const { bootstrap } = await getSystem(home);
  if (bootstrap === undefined) return;
  await switchToken(home, bootstrap, true);
  await home.table.update(systemKey, { remove: ['bootstrap'] }, equals('bootstrap', bootstrap));
}

/** The secret in an `Authorization` header; `undefined`: there is none that could be a token's. */
export function secretOf(authorization: string | undefined): string | undefined {
  const secret = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  return secret && looksLikeSecret(secret) ? secret : undefined;
}

/** Whose token an `Authorization` header holds; `undefined`: none that is good now. */
export async function authenticate(home: Home, header: string | undefined): Promise<TokenItem | undefined> {
  const secret = secretOf(header);
  if (secret === undefined) return undefined;
  const token = (await home.table.get(tokenKey(hashOf(secret)))) as TokenItem | undefined;
  const good = token && !token.disabled && !token.deleted && (token.expires === 0 || home.now() < token.expires);
  return good ? token : undefined;
}

/** What a note of use reads and writes of a token's row: a function that only reads may change nothing else. */
export const noteAttributes = ['pk', 'sk', 'last_used'] as const;

/** Writes down that a token is in use, once an hour at most. No request fails because that can't be written. */
export async function noteUse(home: Home, { sk, last_used = 0 }: TokenItem): Promise<void> {
  const now = home.now();
  const before = now - noteEvery;
  if (last_used > before) return;
  const rarely = any(missing('last_used'), less('last_used', before));
  await home.afterwards(async () => {
    try {
      await home.table.update(tokenKey(sk), { set: { last_used: now } }, all(exists('pk'), rarely));
    } catch (error) {
      console.warn('the use of a token is not written down:', error);
    }
  });
}

/** Oldest first. */
export async function listTokens(home: Home, page: Page = {}): Promise<TokenItem[]> {
  const { limit = Number.POSITIVE_INFINITY, offset = 0, reverse = false } = page;
  const stored = (await home.table.query(tokensPartition)) as TokenItem[];
  const tokens = stored.filter(({ deleted, expires }) => !deleted && (expires === 0 || home.now() < expires));
  tokens.sort((a, b) => (a.id < b.id ? -1 : 1));
  return (reverse ? tokens.reverse() : tokens).slice(offset, offset + limit);
}

export async function getToken(home: Home, id: string): Promise<TokenItem> {
  const token = (await listTokens(home)).find((each) => each.id === id);
  if (!token) throw new NotFoundError('token', id);
  return token;
}

/** Switches a token off or on again: on one machine with the next request, on AWS within 30 seconds. */
export async function setTokenDisabled(home: Home, id: string, disabled: boolean, by?: By): Promise<TokenItem> {
  const { sk } = await getToken(home, id);
  const token = await switchToken(home, sk, disabled, by);
  if (!token) throw new NotFoundError('token', id);
  return token;
}

/** Told also when it was so already, by whoever made it so: they may have died before they told. `undefined`: it is gone. */
async function switchToken(home: Switched, hash: string, disabled: boolean, by?: By): Promise<TokenItem | undefined> {
  const key = tokenKey(hash);
  const set = { disabled, changed: home.now(), changed_by: by };
  const other = all(exists('pk'), missing('deleted'), differs('disabled', disabled));
  await home.table.update(key, { set, ...(by === undefined && { remove: ['changed_by'] }) }, other);
  const token = (await home.table.get(key)) as TokenItem | undefined;
  if (!token || token.deleted) return undefined;
  const what = token.disabled ? 'disabled_token' : 'enabled_token';
  if (token.changed) await tellToken(home, what, token, token.changed, token.changed_by);
  return token;
}

export const tokenView = ({ id, created, metadata, expires, disabled, user, roles, last_used }: TokenItem) => ({
  id,
  created,
  metadata,
  expires,
  disabled,
  user,
  roles,
  ...(last_used && { last_used }),
});
