/** Events from outside: a webhook's request, handed to the extension as it came. Whoever knows the address may send one. */
import { looksLikeSecret } from '../access/secret.ts';
import { GoferError, NotFoundError } from '../errors.ts';
import type { Home } from '../home.ts';
import { findExtension, hostOf } from './extensions.ts';

/** Bytes of a body: it travels as JSON, a number a byte. GitHub's largest take some hundred thousand. */
export const mostEventBytes = 1024 * 1024;

type Texts = Readonly<Record<string, string>>;

/** Returns when the extension has taken it; what it says against it is the caller's to hear. */
export async function sendExternalEvent(
  home: Home,
  id: string,
  { headers, content }: { readonly headers: Texts; readonly content: AsyncIterable<Uint8Array> },
): Promise<void> {
  // Which other extensions there are is nobody's business here.
  const extension = await findExtension(home, id);
  if (!extension) throw new NotFoundError('extension', id);
  const client = await hostOf(home).client(extension);
  await client.externalEvent({ headers: forwarded(headers), body: await whole(content) });
}

/** A token of Gofer is shown to nobody; what else `authorization` holds is between the sender and the extension. */
function forwarded({ authorization, ...others }: Texts): Texts {
  const foreign = authorization !== undefined && !authorization.split(/\s+/).some(looksLikeSecret);
  return foreign ? { authorization, ...others } : others;
}

/** Reads on over the limit, and drops: a client hears an answer only after it has sent its body. */
async function whole(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size <= mostEventBytes) chunks.push(chunk);
  }
  if (size > mostEventBytes)
    throw new GoferError(
      413,
      'too_large',
      `the event has ${size} bytes, more than the ${mostEventBytes} that are allowed`,
    );
  return Buffer.concat(chunks);
}
