/** The body of a request, up to a limit. */
import type { IncomingMessage } from 'node:http';
import { BodyTooLargeError } from '../../api/body-limit.ts';

/**
 * A client hears an answer only after it has sent its body, so what is over `most` bytes is still read, and dropped.
 * Over this many times `most` the client is not waited for.
 */
const patience = 16;

export function readBody(request: IncomingMessage, most: number): Promise<Buffer | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>();
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= most) chunks.push(chunk);
    else if (size > patience * most) request.destroy(new BodyTooLargeError(size, most));
    else chunks.length = 0;
  });
  request.on('end', () => {
    if (size > most) reject(new BodyTooLargeError(size, most));
    else resolve(chunks.length ? Buffer.concat(chunks) : undefined);
  });
  request.on('error', reject);
  return promise;
}
