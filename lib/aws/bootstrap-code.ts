/** The bootstrap code in Systems Manager: a SecureString, which AWS encrypts and CloudFormation never sees. */
import { randomBytes } from 'node:crypto';
import type { BootstrapCode } from '../ports/bootstrap-code.ts';
import type { ClientOptions } from './secure-parameter.ts';

/** Where a stack's code is: the stack, its functions and the command line all name it so. */
export const bootstrapParameter = (stackName: string) => `/gofer/${stackName}/bootstrap-code`;

const description = 'Gofer: one-time code for the first API token. Removed once it has been used.';

/** Loads its client at the first call: most processes never make one. */
export function createBootstrapCode(
  name: string,
  options: ClientOptions = {},
): BootstrapCode & { create(): Promise<void> } {
  const open = async () => (await import('./secure-parameter.ts')).openSecureParameter(name, options);
  return {
    // Asked for a second time it stays what it is: somebody may have read it.
    create: async () => (await open()).create(randomBytes(32).toString('base64url'), description),
    read: async () => (await open()).read(),
    remove: async () => (await open()).remove(),
  };
}
