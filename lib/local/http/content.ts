/** The body of a request as it comes, at the pace of whoever takes it. */
import type { IncomingMessage } from 'node:http';
import { GoferError } from '../../errors.ts';
import { passing } from './passing.ts';

/** Milliseconds in which a client has to send something; how long all of it takes is its own matter. */
const patience = 60_000;

/** Throws an `InterruptedError` when the client leaves before its end. What nobody takes is dropped once the answer is out. */
export async function* contentOf(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  let read = 0;
  request.setTimeout(patience, () => request.destroy());
  try {
    // A connection that is closed in the middle could not even be told why.
    for await (const chunk of passing(request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>)) {
      read += chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw new InterruptedError(read, error);
  } finally {
    request.setTimeout(0);
  }
}

class InterruptedError extends GoferError {
  override readonly name = 'InterruptedError';
  constructor(bytes: number, cause: unknown) {
    super(400, 'interrupted', `the body broke off after ${bytes} bytes; send it again`, { cause });
  }
}
