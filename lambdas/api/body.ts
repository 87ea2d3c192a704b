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
  return notTooDeep(parse(bytes?.toString() ?? body));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidError(`the body is not JSON: ${placeIn(error)}`);
  }
}

/** Lists and objects in one another: what goes through a body calls itself for each. */
const mostLevels = 100;

function notTooDeep(body: unknown): unknown {
  let level = [body];
  for (let levels = 0; level.length; levels++) {
    if (levels > mostLevels)
      throw new InvalidError(`the body has more than ${mostLevels} lists or objects in one another; write it flatter`);
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return body;
}

/** What JavaScript says of it, without the piece of the body that it quotes: that may be a secret. */
function placeIn(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return said
    .replace(/^Unexpected token .*?, (?=\.{0,3}")/s, 'unexpected character in ')
    .replace(/(?:\.{3})?".*"(?:\.{3})?/s, 'it');
}
