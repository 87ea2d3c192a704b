/** How large a request may be. */
import { GoferError } from '../errors.ts';

/** Bytes. The largest body is a pipeline's config, which a state machine's definition limits to as much. */
export const mostBodyBytes = 1024 * 1024;

export class BodyTooLargeError extends GoferError {
  override readonly name = 'BodyTooLargeError';
  constructor(bytes: number, most = mostBodyBytes) {
    const advice = 'move large scripts or variables into images or objects';
    super(413, 'too_large', `the body has ${bytes} bytes, more than the ${most} that are allowed; ${advice}`);
  }
}
