/** Removes tokens that have expired: nobody is let in by them, and lists would only grow. */
import type { Home } from '../home.ts';
import { type TokenExpiryItem, tokenExpiriesPartition, tokenExpiryPrefix, tokenKey } from '../store/items.ts';
import { equals } from '../store/table.ts';

/** Removed in one sweep. */
const atOnce = 100;

/** Returns how many it removed. A token whose expiry has changed stays until then. */
export async function sweepTokens(home: Pick<Home, 'table' | 'now'>): Promise<number> {
  const range = { to: tokenExpiryPrefix(home.now()), limit: atOnce };
  const due = (await home.table.query(tokenExpiriesPartition, range)) as TokenExpiryItem[];
  for (const item of due) {
    await home.table.delete(tokenKey(item.token), equals('expires', item.expires));
    await home.table.delete(item);
  }
  return due.length;
}
