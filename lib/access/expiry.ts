/** Removes tokens that have expired, which let nobody in any more, ends deletions of others, and renews those of pipelines. */
import type { Home } from '../home.ts';
import {
  injectedTokenKey,
  type TokenExpiryItem,
  tokenExpiriesPartition,
  tokenExpiryPrefix,
  tokenKey,
} from '../store/items/access.ts';
import { equals } from '../store/table.ts';
import { renewDue } from './pipeline-token.ts';
import { finishDeletion } from './token-deletion.ts';

/** Done before they are read again. */
const atOnce = 100;

export type SweptTokens = {
  /** How many were due and are done. */
  readonly done: number;
  /** What went wrong, each by what it was about; the others are done all the same. */
  readonly errors: readonly { readonly what: string; readonly error: unknown }[];
};

export async function sweepTokens(home: Home): Promise<SweptTokens> {
  const to = tokenExpiryPrefix(home.now());
  const errors: { what: string; error: unknown }[] = [];
  let done = 0;
  for (let from = ''; ; ) {
    const range = { from, to, limit: atOnce };
    const due = (await home.table.query(tokenExpiriesPartition, range)) as TokenExpiryItem[];
    for (const item of due) {
      try {
        await carryOut(home, item);
        await home.table.delete(item);
        done++;
      } catch (error) {
        errors.push({
          what: item.renews ? `token of ${item.renews.namespace}/${item.renews.pipeline}` : 'token',
          error,
        });
      }
    }
    const last = due.at(-1);
    if (due.length < atOnce || !last) return { done, errors };
    // Behind it, where the next one begins.
    from = `${last.sk} `;
  }
}

async function carryOut(home: Home, { token, renews, expires }: TokenExpiryItem): Promise<void> {
  if (renews) await renewDue(home, renews, expires);
  if (token === undefined) return;
  await finishDeletion(home, token);
  for (const key of [tokenKey(token), injectedTokenKey(token)])
    await home.table.delete(key, equals('expires', expires));
}
