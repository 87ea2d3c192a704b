/** Objects as functions, whosever they are. */
import { mostThroughApi } from '../object/limits.ts';
import { type Http, path, type UploadAddress } from './http.ts';
import type { GoferObject, Page } from './types.ts';

/** `at`: the owner's path, of a pipeline, a run or an extension. */
export const objectCalls = <Ref>(http: Http, at: (ref: Ref) => string) => {
  const one = (ref: Ref, key: string) => at(ref) + path`/objects/${key}`;
  return {
    list: (ref: Ref, page: Page = {}) =>
      http.json<{ objects: GoferObject[] }>('GET', `${at(ref)}/objects`, { query: page }),
    /** The content, as it comes. A large one comes from an address of its own, to which the API leads. */
    get: (ref: Ref, key: string, { signal }: { signal?: AbortSignal } = {}) =>
      http.open(one(ref, key), { headers: { accept: '*/*' }, ...(signal && { signal }) }),
    /**
     * Stores a content; what is too large for the API goes where the API says. `force` replaces an object that exists.
     * @example await client.pipelines.objects.put(ref, 'report', await openAsBlob('report.html'), { force: true });
     */
    async put(ref: Ref, key: string, content: Blob, { force = false } = {}): Promise<{ object: GoferObject }> {
      const target = one(ref, key);
      const query = { force };
      if (content.size > mostThroughApi) {
        const begin = { query: { ...query, size: content.size } };
        const { upload } = await http.json<{ upload: Upload | null }>('POST', `${target}/uploads`, begin);
        if (upload) {
          await http.send(upload, content);
          // Ending it again changes nothing.
          return http.json('POST', target + path`/uploads/${upload.id}`, { query, tries: 3 });
        }
      }
      return http.json('POST', target, { query, content });
    },
    delete: (ref: Ref, key: string) => http.json<void>('DELETE', one(ref, key)),
  };
};

type Upload = UploadAddress & { readonly id: string };
