/** Pagination: the same three fields on every list. */
import { z } from 'zod';

export const pageSchema = z.object({
  limit: z.int().nonnegative().optional().describe('At most this many; absent or 0: all of them.'),
  offset: z.int().nonnegative().optional().describe('Leaves out this many at the beginning.'),
  reverse: z.boolean().optional().describe('From the end: the newest first.'),
});

/** Runs pile up, so a list of them without `limit` has an end. */
export const defaultRuns = 200;
const mostRuns = 1_000;

export const runPageSchema = pageSchema.extend({
  limit: z
    .int()
    .min(0)
    .max(mostRuns)
    .optional()
    .describe(`At most this many, up to ${mostRuns}; absent or 0: ${defaultRuns}.`),
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

/** A page of a list that is short enough to be read as a whole. */
export function paged<T>(items: readonly T[], { limit, offset = 0, reverse = false }: Page): T[] {
  const ordered = reverse ? items.toReversed() : [...items];
  return ordered.slice(offset, limit === undefined ? undefined : offset + limit);
}
