/** Lists as callers page through them. DynamoDB knows no offset: what is skipped is read too. */
import type { Item, Range, Table } from './table.ts';

/** Part of a list; without `limit` all of it. */
export type Page = { readonly limit?: number; readonly offset?: number; readonly reverse?: boolean };

export async function queryPage(
  table: Table,
  pk: string,
  { limit, offset = 0, reverse = false }: Page = {},
  range: Pick<Range, 'prefix'> = {},
): Promise<Item[]> {
  const items = await table.query(pk, { ...range, reverse, ...(limit !== undefined && { limit: offset + limit }) });
  return items.slice(offset);
}
