/** Who may have the first token: on one machine anybody who reaches it, on AWS who knows the stack's one-time code. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { GoferError } from '../errors.ts';
import type { Home } from '../home.ts';

/** The header that brings the code. */
export const bootstrapHeader = 'gofer-bootstrap-code';

/** Throws a 403 that tells how to come by the code, unless `code` is the one that the installation asks for. */
export async function checkBootstrapCode(home: Home, code: string | undefined): Promise<void> {
  const { bootstrapCode, settings } = home;
  if (!bootstrapCode && settings.kind === 'local') return;
  if (!code) throw new BootstrapCodeError('the first token needs the one-time code of this installation');
  // A function on AWS that was made without it gives nothing to anybody.
  const expected = await bootstrapCode?.read();
  if (!expected) throw new BootstrapCodeError('the one-time code of this installation is gone; put a new one there');
  if (!alike(code, expected)) throw new BootstrapCodeError('this is not the one-time code of this installation');
}

export class BootstrapCodeError extends GoferError {
  override readonly name = 'BootstrapCodeError';
  constructor(problem: string) {
    const place = 'it is the Systems Manager parameter /gofer/<stack>/bootstrap-code in its AWS account';
    super(
      403,
      'bootstrap_code',
      `${problem}: ${place}; "gofer token bootstrap --aws" reads and sends it, by hand it goes into the header ${bootstrapHeader}`,
    );
  }
}

/** Takes as long for a guess that is nearly right as for any other. */
const alike = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));
const digest = (text: string) => createHash('sha256').update(text).digest();
