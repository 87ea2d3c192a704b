/** What an operation's path and body name, and whether its caller may touch it. */

import type { Asked } from '../access/allows.ts';
import { type Named, named } from '../access/permission.ts';
import { GoferError } from '../errors.ts';
import type { Access, Caller, Operation } from './operation.ts';

type Ids = Asked['ids'];
type Texts = Readonly<Record<string, string>>;

/** `/namespaces/{namespace_id}` names a namespace: parameters by the resource whose ids they are. */
export function namesInPath(path: string): ReadonlyMap<Named, string> {
  const found = [...path.matchAll(/\/(\w+)\/\{(\w+)\}/g)].flatMap(([, noun, param = '']) => {
    const resource = named.find((each) => each === noun);
    return resource ? [[resource, param] as const] : [];
  });
  return new Map(found);
}

/** Ready for any number of requests: throws a {@link ForbiddenError} unless the caller may. */
export function createCheck({ path, access }: Pick<Operation, 'path' | 'access'>) {
  const names = [...namesInPath(path)];
  return (caller: Caller, params: Texts, body?: unknown): void => {
    if (typeof access === 'string') return;
    const ids: Ids = {
      ...Object.fromEntries(names.map(([resource, param]) => [resource, params[param] ?? ''])),
      ...idInBody(access, body),
    };
    const { resource, action, deed } = access;
    demand(caller, { resource, action, ids, ...(deed && { deed }) });
  };
}

/** Throws a {@link ForbiddenError} unless the caller may. Nobody to ask: nobody has to identify. */
export function demand(caller: Caller | undefined, asked: Asked): void {
  if (caller && !caller.may(asked)) throw new ForbiddenError(caller, asked);
}

/** What isn't a text is no id; the operation's schema refuses it. */
function idInBody(access: Exclude<Access, string>, body: unknown): Ids {
  if (access.named === undefined || typeof body !== 'object' || body === null) return {};
  const id = (body as Readonly<Record<string, unknown>>)[access.named];
  return typeof id === 'string' ? { [access.resource]: id } : {};
}

/**
 * 401 with its own code, as Gofer's clients know it. Asked before anything is looked up, so it is the same for what
 * exists and what doesn't.
 */
export class ForbiddenError extends GoferError {
  override readonly name = 'ForbiddenError';
  constructor({ user, roles }: Caller, { resource, action, ids }: Asked) {
    const holders = Object.entries(ids).map(([noun, id]) => `${noun}:${id}`);
    const what = [...holders, ...(resource in ids ? [] : [resource])].join(', ');
    const which = roles.length ? `the token of "${user}" has ${roles.join(', ')}` : `the token of "${user}" has none`;
    super(401, 'forbidden', `this needs a role that allows to ${action} ${what}; ${which}`);
  }
}
