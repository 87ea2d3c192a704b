/** Objects as they are read. */
import { NotFoundError } from '../errors.ts';
import type { Home } from '../home.ts';
import { didYouMean } from '../pipeline/suggestion.ts';
import type { Content } from '../ports/objects.ts';
import { type ObjectItem, objectKey, objectsPartition } from '../store/items/object.ts';
import type { Page } from '../store/page.ts';
import { checkKey } from './key.ts';
import { mostThroughApi } from './limits.ts';
import type { ObjectPlace } from './place.ts';

/** An object's content, or where it is. */
export type Found = { readonly content: Content } | { readonly address: string };

/**
 * All sort keys that begin so, up to what follows the `#` at the prefix's end: keys may hold characters beyond U+FFFF, where
 * the range of a prefix ends elsewhere.
 */
export const rangeOf = (prefix: string) => ({ from: prefix, to: `${prefix.slice(0, -1)}$` });

/** An object as lists have it: without its content. */
export type ListedObject = Omit<ObjectItem, 'data'>;

/** Rows hold up to 8 KiB of content each, which nobody who lists them wants in memory. */
const rowsAtOnce = 100;

/** Ordered by key. */
export async function listObjects(
  home: Home,
  { owner, prefix }: ObjectPlace,
  { limit = Number.POSITIVE_INFINITY, offset = 0, reverse = false }: Page = {},
): Promise<ListedObject[]> {
  const found: ListedObject[] = [];
  let range = rangeOf(prefix);
  for (let last: string | undefined; ; ) {
    // Both ends of a range belong to it: the last row of one part comes once more with the next.
    const atOnce = Math.min(rowsAtOnce, offset + limit - found.length + 1);
    const rows = (await home.table.query(objectsPartition(owner), {
      ...range,
      reverse,
      limit: atOnce,
    })) as ObjectItem[];
    for (const { data: _, ...row } of rows) if (row.created !== undefined && row.sk !== last) found.push(row);
    if (rows.length < atOnce || found.length >= offset + limit) return found.slice(offset, offset + limit);
    last = rows.at(-1)?.sk ?? '';
    range = reverse ? { ...range, to: last } : { ...range, from: last };
  }
}

export async function readObject(home: Home, place: ObjectPlace, key: string): Promise<Found> {
  checkKey(key);
  const { addresses } = home.objects;
  for (let before: string | undefined; ; ) {
    const row = (await home.table.get(objectKey(place.owner, place.prefix, key))) as ObjectItem | undefined;
    if (row?.created === undefined) throw await notFound(home, place, key);
    if (row.content === undefined) return { content: inRow(row) };
    if (addresses && (row.size ?? 0) > mostThroughApi) return { address: await addresses.download(row.content) };
    const content = await home.objects.get(row.content);
    if (content) return { content };
    // It was replaced between the two reads; twice the same is something else.
    if (row.content === before) throw new Error(`content ${row.content} of object "${key}" is missing`);
    before = row.content;
  }
}

function inRow({ data = '' }: ObjectItem): Content {
  const bytes = Buffer.from(data, 'base64');
  return {
    size: bytes.length,
    async *bytes() {
      yield bytes;
    },
  };
}

async function notFound(home: Home, place: ObjectPlace, key: string): Promise<NotFoundError> {
  const keys = (await listObjects(home, place)).map((each) => each.key);
  return new NotFoundError('object', key, place.where, didYouMean(key, keys));
}
