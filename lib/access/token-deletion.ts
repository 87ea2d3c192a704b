/**
 * A token goes for good in steps: it is marked, which shuts it out at once; that is told; then the row goes. Whoever dies in
 * between is followed by whoever asks again, or by expiry.
 */
import { NotFoundError } from '../errors.ts';
import type { Home } from '../home.ts';
import {
  type TokenExpiryItem,
  type TokenItem,
  tokenExpiryKey,
  tokenKey,
  tokensPartition,
} from '../store/items/access.ts';
import { all, equals, exists, missing } from '../store/table.ts';
import { type By, tellToken } from './tell.ts';

/** Milliseconds after which nobody is still at it who was when it began. */
const patience = 60_000;

/** Also one that is marked already: lists don't show it any more, but asking again finishes what was begun. */
export async function tokenToDelete(home: Home, id: string): Promise<TokenItem> {
  const tokens = (await home.table.query(tokensPartition)) as TokenItem[];
  const token = tokens.find((each) => each.id === id);
  if (!token) throw new NotFoundError('token', id);
  return token;
}

export async function deleteToken(home: Home, id: string, by?: By): Promise<void> {
  const { sk } = await tokenToDelete(home, id);
  const deleted = home.now();
  // Announced before it is begun, so that expiry hears of every one.
  const expires = deleted + patience;
  const due: TokenExpiryItem = { ...tokenExpiryKey(expires, sk), token: sk, expires };
  await home.table.put(due);
  await home.table.update(tokenKey(sk), { set: { deleted, deleted_by: by } }, all(exists('pk'), missing('deleted')));
  await finishDeletion(home, sk);
}

/** Goes on where somebody may have ended; nothing is done to a token that is not marked. */
export async function finishDeletion(home: Home, hash: string): Promise<void> {
  const token = (await home.table.get(tokenKey(hash))) as TokenItem | undefined;
  if (token?.deleted === undefined) return;
  await tellToken(home, 'deleted_token', token, token.deleted, token.deleted_by);
  await home.table.delete(token, equals('deleted', token.deleted));
}
