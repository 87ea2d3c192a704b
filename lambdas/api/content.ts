/** The body of a request as it is, for operations that take no JSON. */
import type { ApiEvent } from '../middleware.ts';

/** An edge that streams brings the body itself; API Gateway's is whole, in base64. */
export function contentOf({ content, body, isBase64Encoded }: ApiEvent): AsyncIterable<Uint8Array> {
  return content ?? whole(Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'));
}

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length) yield bytes;
}
