/**
 * An object gets its content: bytes first, under a name of their own, then one conditional write that makes them the
 * object's. Whatever breaks off before that write has changed nothing; of two writers the last one to end wins, whole.
 */
import { randomUUID } from 'node:crypto';
import { ConflictError, GoferError, NotFoundError } from '../errors.ts';
import type { Home } from '../home.ts';
import { type ObjectItem, objectKey } from '../store/items/object.ts';
import { all, contains, equals, missing } from '../store/table.ts';
import { checkKey } from './key.ts';
import { mostInRow } from './limits.ts';
import { peek } from './peek.ts';
import type { ObjectPlace } from './place.ts';
import { listObjects } from './read.ts';
import { clear } from './remove.ts';

/** Tries for a key that many write at once: each means that another writer was faster. */
const tries = 50;

export type Put = {
  /** Take the place of what is there. */
  readonly force: boolean;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Finds the place again when all has been sent; 404 when its owner has gone meanwhile. */
  readonly again?: () => Promise<ObjectPlace>;
};

/** The object as it is stored then. */
export async function putObject(home: Home, place: ObjectPlace, key: string, put: Put): Promise<ObjectItem> {
  await expectRoom(home, place, key, put.force);
  const peeked = await peek(put.bytes, mostInRow);
  if ('whole' in peeked) {
    const { whole } = peeked;
    await expectOwner(place, key, put);
    return commit(home, place, key, { size: whole.length, data: whole.toString('base64') }, put.force);
  }
  const content = await announce(home, place, key);
  try {
    const size = await home.objects.put(content, peeked.stream);
    await expectOwner(place, key, put);
    return await commit(home, place, key, { size, content }, put.force);
  } catch (error) {
    // The sweep does it otherwise.
    await discard(home, place, key, content).catch(() => undefined);
    throw error;
  }
}

/** Another one of the same name is not the one that the content was sent to. */
async function expectOwner({ owner, where }: ObjectPlace, key: string, { again }: Put): Promise<void> {
  if (again && (await again()).owner !== owner)
    throw new NotFoundError('object', key, where, 'its owner was removed while the content was sent: send it again');
}

/** Refuses (400) a key that there is, before anything is sent; `force` replaces it. */
export async function expectRoom(home: Home, place: ObjectPlace, key: string, force: boolean): Promise<void> {
  checkKey(key);
  const row = force ? undefined : await home.table.get(objectKey(place.owner, place.prefix, key));
  if ((row as ObjectItem | undefined)?.created !== undefined) throw new ObjectExistsError(key, place);
}

/** Writes down that a content is on its way, so that it is found if it never becomes the object's. Gives its name. */
export async function announce(home: Home, { owner, prefix }: ObjectPlace, key: string): Promise<string> {
  const content = `${owner}/${home.now().toString(36)}-${randomUUID()}`;
  const change = { set: { key, sweep: 'content' }, add: { uploads: new Set([content]) } };
  await home.table.update(objectKey(owner, prefix, key), change);
  return content;
}

/** Epoch milliseconds at which a content was announced. */
export const announcedAt = (content: string): number =>
  Number.parseInt(content.slice(content.indexOf('/') + 1).split('-')[0] ?? '', 36);

type Filling = { readonly size: number } & (
  | { readonly data: string; readonly content?: never }
  | { readonly content: string; readonly data?: never }
);

/** Makes what is stored the object's content. */
export async function commit(
  home: Home,
  place: ObjectPlace,
  key: string,
  { size, data, content }: Filling,
  force: boolean,
): Promise<ObjectItem> {
  const at = objectKey(place.owner, place.prefix, key);
  for (let i = 0; i < tries; i++) {
    const before = (await home.table.get(at)) as ObjectItem | undefined;
    // A write is repeated when its answer was lost.
    if (content !== undefined && before?.content === content) return before;
    if (before?.created !== undefined && !force) throw new ObjectExistsError(key, place);
    if (content !== undefined && !before?.uploads?.has(content)) throw new TooLateError(key);
    const now = home.now();
    const old = before?.content;
    const change = {
      set: { key, created: now, size, data, content, ...(old !== undefined && { sweep: 'content' }) },
      remove: content === undefined ? ['content'] : ['data'],
      ...(old !== undefined && { add: { replaced: new Set([`${now} ${old}`]) } }),
      ...(content !== undefined && { delete: { uploads: new Set([content]) } }),
    };
    const unchanged = all(
      old === undefined ? missing('content') : equals('content', old),
      ...(force ? [] : [missing('created')]),
      ...(content === undefined ? [] : [contains('uploads', content)]),
    );
    const written = (await home.table.update(at, change, unchanged)) as ObjectItem | undefined;
    if (!written) continue;
    // The object is stored: what is too many goes with the next one.
    if (before?.created === undefined) await makeRoom(home, place).catch(() => undefined);
    return written;
  }
  throw new ConflictError(`object "${key}" is written by too many at once: try again`);
}

/** The ring: the oldest objects go. */
async function makeRoom(home: Home, place: ObjectPlace): Promise<void> {
  if (place.most === undefined) return;
  const objects = await listObjects(home, place);
  const newest = objects.toSorted((a, b) => (b.created ?? 0) - (a.created ?? 0));
  for (const oldest of newest.slice(place.most)) await clear(home, oldest);
}

/** Its bytes go only if it can't be the object's content any more: whoever lost an answer doesn't know whether it is. */
async function discard(home: Home, { owner, prefix }: ObjectPlace, key: string, content: string): Promise<void> {
  const change = {
    set: { sweep: 'content' },
    add: { replaced: new Set([`${home.now()} ${content}`]) },
    delete: { uploads: new Set([content]) },
  };
  if (await home.table.update(objectKey(owner, prefix, key), change, contains('uploads', content)))
    await home.objects.remove(content);
}

export class ObjectExistsError extends GoferError {
  override readonly name = 'ObjectExistsError';
  constructor(key: string, { where }: ObjectPlace) {
    super(400, 'already_exists', `object "${key}" exists already ${where}; replace it with force=true`);
  }
}

class TooLateError extends ConflictError {
  constructor(key: string) {
    super(
      `the upload of object "${key}" took more than a day, or the object was removed with all others: send it again`,
    );
  }
}
