/** Contents of objects in S3: `objects/<owner>/<id>` in the installation's bucket. */
import { buffer } from 'node:stream/consumers';
import { contentName, type Objects } from '../ports/objects.ts';
import { failure, tryS3, urlOf } from './s3.ts';
import { type SignedOptions, signAddress } from './signed.ts';

/** Seconds that an address is good for: time to begin with, for what has begun goes on. */
const goodFor = 15 * 60;

/** S3 answers 412 where something lies already: whoever still has the address can't change what has become an object. */
const onlyOnce = { 'if-none-match': '*' };

/** `bucket`: its address, `https://s3.<region>.<suffix>/<bucket>`. Contents of a few MB, larger ones pass by their addresses. */
export function createS3Objects(bucket: string, options: SignedOptions): Required<Objects> {
  const addressOf = (name: string) => {
    if (!contentName.test(name)) throw new Error(`content "${name}" is not named <owner>/<id>`);
    return `${bucket}/objects/${name}`;
  };
  return {
    async put(name, bytes) {
      const body = await buffer(bytes);
      const answer = await tryS3('PUT', addressOf(name), options, body);
      if (!answer.ok) throw failure('PUT', addressOf(name), answer);
      return body.length;
    },
    async get(name) {
      const answer = await tryS3('GET', addressOf(name), options);
      if (answer.status === 404) return undefined;
      if (!answer.ok) throw failure('GET', addressOf(name), answer);
      const { bytes } = answer;
      return {
        size: bytes.length,
        async *bytes() {
          yield bytes;
        },
      };
    },
    async sizeOf(name) {
      const answer = await tryS3('HEAD', addressOf(name), options);
      if (answer.status === 404) return undefined;
      if (!answer.ok) throw failure('HEAD', addressOf(name), answer);
      return Number(answer.headers.get('content-length'));
    },
    async remove(name) {
      const answer = await tryS3('DELETE', addressOf(name), options);
      if (!answer.ok && answer.status !== 404) throw failure('DELETE', addressOf(name), answer);
    },
    addresses: {
      upload: async (name, size) => {
        const put = { service: 's3', method: 'PUT', url: urlOf(addressOf(name), options) } as const;
        const signed = { ...onlyOnce, 'content-length': String(size) };
        return { url: await signAddress({ ...put, headers: signed }, goodFor, options), headers: onlyOnce };
      },
      download: (name) =>
        signAddress({ service: 's3', method: 'GET', url: urlOf(addressOf(name), options) }, goodFor, options),
    },
  };
}
