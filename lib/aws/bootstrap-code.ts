/** The bootstrap code in Systems Manager: a SecureString, which AWS encrypts and CloudFormation never sees. */
import { randomBytes } from 'node:crypto';
import type { BootstrapCode } from '../ports/bootstrap-code.ts';
import { type ClientOptions, openSecureParameter } from './secure-parameter.ts';

const description = 'Gofer: one-time code for the first API token. Removed once it has been used.';

/** Makes its client at the first call: most processes never make one. */
export function createBootstrapCode(
  name: string,
  options: ClientOptions = {},
): BootstrapCode & { create(): Promise<void> } {
  const open = () => openSecureParameter(name, options);
  return {
    // Asked for a second time it stays what it is: somebody may have read it.
    create: () => open().create(randomBytes(32).toString('base64url'), description),
    read: () => open().read(),
    remove: () => open().remove(),
  };
}
