/** The body of a request, up to a limit. */
import type { IncomingMessage } from 'node:http';
import { BodyTooLargeError } from '../../api/body-limit.ts';

/**
 * A client hears an answer only after it has sent its body, so what is over `most` bytes is still read, and dropped.
 * Over this many times `most` the client is not waited for.
 */
const patience = 16;

export async function readBody(request: IncomingMessage, most: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= most) chunks.push(chunk);
    else if (size > patience * most) break;
    else chunks.length = 0;
  }
  if (size > most) throw new BodyTooLargeError(size, most);
  return chunks.length ? Buffer.concat(chunks) : undefined;
}
