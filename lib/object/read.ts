/** Objects as they are read. */
import { NotFoundError } from '../errors.ts';
import type { Home } from '../home.ts';
import { didYouMean } from '../pipeline/suggestion.ts';
import type { Content } from '../ports/objects.ts';
import { type ObjectItem, objectKey, objectsPartition } from '../store/items/object.ts';
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

/** Ordered by key. */
export async function listObjects(home: Home, { owner, prefix }: ObjectPlace): Promise<ObjectItem[]> {
  const rows = (await home.table.query(objectsPartition(owner), rangeOf(prefix))) as ObjectItem[];
  return rows.filter(({ created }) => created !== undefined);
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
