/** The custom resource behind the bootstrap code: CloudFormation can't make a SecureString, and must not know what is in it. */
import type { BootstrapCode } from '../../lib/ports/bootstrap-code.ts';
import { isDenied, type PlainResource } from './plain.ts';

type Codes = (name: string) => Pick<BootstrapCode, 'remove'> & { readonly create: () => Promise<void> };

/** A code that is there already stays as it is, and one that was used never comes back. */
export const bootstrapCodeResource = (codes: Codes): PlainResource => ({
  id: ({ Name }) => String(Name),
  create: (name) => codes(name).create(),
  remove: (name) => codes(name).remove(),
  isEarly: isDenied,
});
