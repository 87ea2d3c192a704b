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
    const where = error instanceof Error ? error.message : String(error);
    throw new InvalidError(`the body is not JSON: ${where}`, { cause: error });
  }
}
