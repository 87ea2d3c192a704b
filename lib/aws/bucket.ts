/** Emptying a bucket: S3 deletes no bucket that holds anything, be it an old version or the mark of a deletion. */
import type { Leftover } from '../ports/leftovers.ts';
import { askS3 } from './s3.ts';
import type { SignedOptions } from './signed.ts';

/** At once; S3 takes 3,500 deletions a second. */
const parallel = 50;

/** All that is in the bucket at `address`, a page of up to a thousand at a time. */
export async function* objectsIn(address: string, options: SignedOptions): AsyncGenerator<Leftover, void> {
  for (;;) {
    // Encoded, keys hold nothing that XML would write in another way.
    const page = await askS3('GET', `${address}?encoding-type=url&versions=`, options);
    const found = versionsIn(page);
    if (!found.length) return;
    const remove = async () => {
      for (let n = 0; n < found.length; n += parallel) {
        const some = found.slice(n, n + parallel);
        await Promise.all(some.map((version) => askS3('DELETE', `${address}/${version}`, options)));
      }
    };
    yield { kind: 'objects', count: found.length, remove };
  }
}

/** `<key>?versionId=<id>` of each version and each mark of a deletion that the page lists. */
const versionsIn = (page: string): string[] =>
  [...page.matchAll(/<Key>([^<]*)<\/Key>\s*<VersionId>([^<]*)<\/VersionId>/g)].map(
    ([, key = '', version = '']) => `${pathOf(key)}?versionId=${encodeURIComponent(version)}`,
  );

/** The key as a path: its slashes stay, everything else that has a meaning in addresses does not. */
const pathOf = (encoded: string): string =>
  decodeURIComponent(encoded.replaceAll('+', ' '))
    .split('/')
    .map((part) =>
      encodeURIComponent(part).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
    )
    .join('/');
