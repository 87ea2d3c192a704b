/** Objects that go: the row says so at once, what it named goes when nobody reads it any more. */
import { NotFoundError } from '../errors.ts';
import type { Home } from '../home.ts';
import { type ObjectItem, objectKey, objectsPartition } from '../store/items/object.ts';
import { all, equals, exists, missing } from '../store/table.ts';
import { checkKey } from './key.ts';
import type { ObjectPlace } from './place.ts';
import type { ListedObject } from './read.ts';

/** 404 when there is none. One that is replaced at the same moment may stay: the later content wins. */
export async function removeObject(home: Home, { owner, prefix, where }: ObjectPlace, key: string): Promise<void> {
  checkKey(key);
  const row = (await home.table.get(objectKey(owner, prefix, key))) as ObjectItem | undefined;
  if (row?.created === undefined) throw new NotFoundError('object', key, where);
  await clear(home, row);
}

/** All objects of an owner, or those between two sort keys. */
export async function removeObjects(
  home: Home,
  owner: string,
  range: { readonly from: string; readonly to: string } | undefined = undefined,
): Promise<void> {
  const rows = (await home.table.query(objectsPartition(owner), range)) as ObjectItem[];
  for (const row of rows) if (row.key !== undefined) await abandon(home, row);
}

/** Takes its content from the object, unless it has got another one. */
export async function clear(home: Home, { pk, sk, created, content }: ListedObject): Promise<void> {
  if (created === undefined) return;
  const same = all(equals('created', created), content === undefined ? missing('content') : equals('content', content));
  if (content === undefined && (await home.table.delete({ pk, sk }, all(same, missing('sweep'))))) return;
  const replaced = content !== undefined && { add: { replaced: new Set([`${home.now()} ${content}`]) } };
  const remove = ['created', 'size', 'data', 'content'];
  await home.table.update({ pk, sk }, { set: { sweep: 'content' }, remove, ...replaced }, same);
}

/** The same, and nothing that is on its way arrives any more. */
async function abandon(home: Home, row: ObjectItem): Promise<void> {
  await clear(home, row);
  if (row.uploads) await dropUploads(home, row, [...row.uploads]);
}

/** From here on they can't become the object's content. */
export async function dropUploads(home: Home, { pk, sk }: ObjectItem, contents: readonly string[]): Promise<void> {
  const replaced = contents.map((content) => `${home.now()} ${content}`);
  const change = { add: { replaced: new Set(replaced) }, delete: { uploads: new Set(contents) } };
  await home.table.update({ pk, sk }, change, exists('uploads'));
}
