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

/** Refuses (401) a token that would outlast the caller's own, by which it would never expire. `expires`: seconds, 0 is never. */
export function checkLifetime(caller: Caller | undefined, expires: number, now: number): void {
  if (!caller || isAdministrator(caller) || caller.token.expires === 0) return;
  if (expires > 0 && now + expires * 1000 <= caller.token.expires) return;
  const left = Math.max(0, Math.floor((caller.token.expires - now) / 1000));
  throw new GoferError(
    401,
    'forbidden',
    `expires ${expires}${expires ? '' : ' (never)'} is beyond the end of your own token; allowed: 1 to ${left} seconds, or a token that may write permissions`,
  );
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
