/** What can be done with objects is the same, whosever they are. */
import * as z from 'zod';
import { InvalidError } from '../../errors.ts';
import type { Home } from '../../home.ts';
import type { ObjectPlace } from '../../object/place.ts';
import { putObject } from '../../object/put.ts';
import { type ListedObject, listObjects, readObject } from '../../object/read.ts';
import { removeObject } from '../../object/remove.ts';
import { beginUpload, endUpload } from '../../object/upload.ts';
import { operation } from '../operation.ts';
import { pageOf, pageSchema } from '../page.ts';
import { objectSchema, uploadSchema } from '../schemas/object.ts';
import { RedirectAnswer, StreamAnswer } from '../stream/answer.ts';

export type ObjectOwner<P extends z.ZodObject> = {
  /** In the names of the operations: `get_pipeline_object`. */
  readonly noun: 'pipeline' | 'run' | 'extension';
  /** Where the owner is found. */
  readonly path: string;
  readonly params: P;
  /** Its objects; 404 when there is no such owner. */
  readonly place: (home: Home, params: z.output<P>) => Promise<ObjectPlace>;
  /** The same, to put objects there. */
  readonly open: (home: Home, params: z.output<P>) => Promise<ObjectPlace>;
};

const key = z.string().describe('Any text up to 512 bytes without control characters, percent-encoded.');
const forceSchema = z.object({ force: z.boolean().optional().describe('Replace an object that exists.') });

const view = ({ key, created = 0, size = 0 }: ListedObject) => ({ key, created, size });

export function objectOperations<P extends z.ZodObject>({ noun, path, params, place, open }: ObjectOwner<P>) {
  const objects = `${path}/objects`;
  const one = { path: `${objects}/{key}`, params: z.object({ ...params.shape, key }) };
  const owner = (all: unknown) => params.parse(all);
  return [
    operation({
      operationId: `list_${noun}_objects`,
      method: 'GET',
      path: objects,
      summary: `List the objects of ${noun === 'extension' ? 'an' : 'a'} ${noun}, in the order of their keys`,
      access: { resource: 'objects', action: 'read' },
      params,
      query: pageSchema,
      status: 200,
      response: z.object({ objects: z.array(objectSchema) }),
      handler: async (home, { params, query }) => ({
        objects: (await listObjects(home, await place(home, params), pageOf(query))).map(view),
      }),
    }),
    operation({
      ...one,
      operationId: `get_${noun}_object`,
      method: 'GET',
      summary: 'Get the content of an object; a large one is at the address that the answer leads to',
      access: { resource: 'objects', action: 'read' },
      status: 200,
      raw: 'answer',
      handler: async (home, { params }) => {
        const found = await readObject(home, await place(home, owner(params)), params.key);
        if ('address' in found) return new RedirectAnswer(found.address);
        const { size, bytes } = found.content;
        return new StreamAnswer({ contentType: 'application/octet-stream', size, bytes });
      },
    }),
    operation({
      ...one,
      operationId: `put_${noun}_object`,
      method: 'POST',
      summary: 'Store an object: the body is its content, as it is',
      access: { resource: 'objects', action: 'write' },
      query: forceSchema,
      status: 201,
      raw: 'body',
      response: z.object({ object: objectSchema }),
      handler: async (home, { params, query, content }) => {
        if (!content) throw new InvalidError('the content is missing: send it as the body');
        const again = () => open(home, owner(params));
        const put = { force: query.force ?? false, bytes: content, again };
        return { object: view(await putObject(home, await again(), params.key, put)) };
      },
    }),
    operation({
      ...one,
      operationId: `delete_${noun}_object`,
      method: 'DELETE',
      summary: 'Delete an object',
      access: { resource: 'objects', action: 'delete' },
      status: 204,
      handler: async (home, { params }) => removeObject(home, await place(home, owner(params)), params.key),
    }),
    operation({
      operationId: `begin_${noun}_object_upload`,
      method: 'POST',
      path: `${one.path}/uploads`,
      summary: 'Get an address for a content that is too large for a request; null where none is',
      access: { resource: 'objects', action: 'write' },
      params: one.params,
      query: forceSchema.extend({ size: z.int().nonnegative().describe('Bytes of the content.') }),
      status: 201,
      response: z.object({ upload: uploadSchema.nullable() }),
      handler: async (home, { params, query }) => {
        const begin = { size: query.size, force: query.force ?? false };
        return { upload: (await beginUpload(home, await open(home, owner(params)), params.key, begin)) ?? null };
      },
    }),
    operation({
      operationId: `end_${noun}_object_upload`,
      method: 'POST',
      path: `${one.path}/uploads/{upload_id}`,
      summary: 'Make what was sent to the address the content of the object',
      access: { resource: 'objects', action: 'write' },
      params: z.object({ ...one.params.shape, upload_id: z.string() }),
      query: forceSchema,
      status: 201,
      response: z.object({ object: objectSchema }),
      handler: async (home, { params, query }) => {
        const end = { id: params.upload_id, force: query.force ?? false };
        return { object: view(await endUpload(home, await open(home, owner(params)), params.key, end)) };
      },
    }),
  ];
}
