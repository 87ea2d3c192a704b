/** Contents that are too large for the API: they get an address, go there, and become the object's when they are all there. */
import { InvalidError, NotFoundError } from '../errors.ts';
import type { Home } from '../home.ts';
import type { UploadAddress } from '../ports/objects.ts';
import { type ObjectItem, objectKey } from '../store/items/object.ts';
import { mostByAddress } from './limits.ts';
import type { ObjectPlace } from './place.ts';
import { announce, commit, expectRoom } from './put.ts';

export type Upload = UploadAddress & { readonly id: string };

/** `undefined`: there are no addresses here, everything passes through the API. */
export async function beginUpload(
  home: Home,
  place: ObjectPlace,
  key: string,
  { size, force }: { readonly size: number; readonly force: boolean },
): Promise<Upload | undefined> {
  await expectRoom(home, place, key, force);
  const { addresses } = home.objects;
  if (!addresses) return undefined;
  if (size > mostByAddress)
    throw new InvalidError(`size is ${size} bytes; an object may have ${mostByAddress}: store it in several`);
  const content = await announce(home, place, key);
  return { id: content.slice(content.indexOf('/') + 1), ...(await addresses.upload(content, size)) };
}

/** What has been sent becomes the object's content. Ending an upload again changes nothing. */
export async function endUpload(
  home: Home,
  place: ObjectPlace,
  key: string,
  { id, force }: { readonly id: string; readonly force: boolean },
): Promise<ObjectItem> {
  const content = `${place.owner}/${id}`;
  const row = (await home.table.get(objectKey(place.owner, place.prefix, key))) as ObjectItem | undefined;
  if (row?.content === content) return row;
  if (!row?.uploads?.has(content))
    throw new NotFoundError('upload', id, `of object "${key}"`, 'it has ended, or was begun more than a day ago');
  const size = await home.objects.sizeOf(content);
  if (size === undefined)
    throw new InvalidError(`upload "${id}" has not arrived: send the content to its address by PUT, then end it`);
  return commit(home, place, key, { size, content }, force);
}
