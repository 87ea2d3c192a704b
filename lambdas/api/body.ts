/** The JSON body of a request. */
import { BodyTooLargeError, mostBodyBytes } from '../../lib/api/body-limit.ts';
import { GoferError, InvalidError } from '../../lib/errors.ts';
import type { ApiEvent } from '../middleware.ts';

/** `undefined` when there is none. */
export function parseBody({ body, headers, isBase64Encoded }: ApiEvent): unknown {
  if (!body) return undefined;
  const bytes = isBase64Encoded ? Buffer.from(body, 'base64') : undefined;
  const size = bytes?.length ?? Buffer.byteLength(body);
  if (size > mostBodyBytes) throw new BodyTooLargeError(size);
  const type = headers['content-type'];
  if (type && !/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type)) {
    throw new GoferError(
      415,
      'unsupported_media_type',
      `content-type "${type}" is not read here; send application/json`,
    );
  }
  try {
    return JSON.parse(bytes?.toString() ?? body);
  } catch (error) {
    throw new InvalidError(`the body is not JSON: ${placeIn(error)}`);
  }
}

/** What JavaScript says of it, without the piece of the body that it quotes: that may be a secret. */
function placeIn(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return said
    .replace(/^Unexpected token .*?, (?=\.{0,3}")/s, 'unexpected character in ')
    .replace(/(?:\.{3})?".*"(?:\.{3})?/s, 'it');
}
