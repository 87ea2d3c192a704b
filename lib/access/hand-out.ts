/** Whoever gives out tokens gives no more than there is to give: nobody makes himself more than he is. */
import { GoferError } from '../errors.ts';
import { isAdministrator } from './administrator.ts';
import type { Caller } from './caller.ts';

/** Refuses (401) to touch a token with roles that the caller has not, unless roles are the caller's to write anyway. */
export function checkHandOut(caller: Caller | undefined, roles: readonly string[]): void {
  if (!caller || isAdministrator(caller)) return;
  const beyond = roles.filter((role) => !caller.roles.includes(role));
  if (beyond.length) throw new HandOutError(beyond, caller.roles);
}

export class HandOutError extends GoferError {
  override readonly name = 'HandOutError';
  constructor(beyond: readonly string[], own: readonly string[]) {
    const which = own.length ? own.join(', ') : 'none';
    super(
      401,
      'forbidden',
      `a token can be given, changed or taken only by one that has its roles itself, or may write permissions: ${beyond.join(', ')} ${beyond.length === 1 ? 'is' : 'are'} not among yours (${which})`,
    );
  }
}
