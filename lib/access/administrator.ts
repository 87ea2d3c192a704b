/** Who may do everything, whatever else their roles say. */
import type { Caller } from './caller.ts';

/** Whoever may change roles may give themselves any right. Where nobody has to identify, everybody is one. */
export const isAdministrator = (caller: Caller | undefined): boolean =>
  !caller || caller.may({ resource: 'permissions', action: 'write', ids: {} });
