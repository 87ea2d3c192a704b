/** The body of a request, up to a limit. */
import type { IncomingMessage } from 'node:http';
import { BodyTooLargeError } from '../../api/body-limit.ts';

/**
 * Many clients hear an answer only after they have sent their body, so what is over `most` bytes is still read, and
 * dropped. Over this many times `most` nobody waits for its end.
 */
const patience = 16;

/** Rejects with a {@link BodyTooLargeError}; what still comes then is dropped. */
export function readBody(request: IncomingMessage, most: number): Promise<Buffer | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>();
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= most) chunks.push(chunk);
    else chunks.length = 0;
    if (size > patience * most) reject(new BodyTooLargeError(Number(request.headers['content-length'] ?? size), most));
  });
  request.on('end', () => {
    if (size > most) reject(new BodyTooLargeError(size, most));
    else resolve(chunks.length ? Buffer.concat(chunks) : undefined);
  });
  request.on('error', reject);
  return promise;
}
