/** Pagination: the same three fields on every list. */
import * as z from 'zod';

export const pageSchema = z.object({
  limit: z.int().nonnegative().optional().describe('At most this many; absent or 0: all of them.'),
  offset: z.int().nonnegative().optional().describe('Leaves out this many at the beginning.'),
  reverse: z.boolean().optional().describe('From the end: the newest first.'),
});

/** Runs and events pile up, so that a list of them without `limit` has an end. */
const defaultLimit = 200;
const mostLimit = 1_000;

export const longPageSchema = pageSchema.extend({
  limit: z
    .int()
    .min(0)
    .max(mostLimit)
    .optional()
    .describe(`At most this many, up to ${mostLimit}; absent or 0: ${defaultLimit}.`),
});

/** What services take: an absent field is absent, `limit` 0 is no limit. */
export type Page = { limit?: number; offset?: number; reverse?: boolean };

export function pageOf({ limit, offset, reverse }: z.output<typeof pageSchema>): Page {
  return {
    ...(limit && { limit }),
    ...(offset !== undefined && { offset }),
    ...(reverse !== undefined && { reverse }),
  };
}

export const longPageOf = (query: z.output<typeof longPageSchema>): Page => ({ limit: defaultLimit, ...pageOf(query) });

/** A page of a list that is short enough to be read as a whole. */
export function paged<T>(items: readonly T[], { limit, offset = 0, reverse = false }: Page): T[] {
  const ordered = reverse ? items.toReversed() : [...items];
  return ordered.slice(offset, limit === undefined ? undefined : offset + limit);
}
