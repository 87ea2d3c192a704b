/** Who sends a request, and what they may do. */
import type { Home } from '../home.ts';
import type { TokenItem } from '../store/items/access.ts';
import { type Asked, allows } from './allows.ts';
import { injectedCaller } from './injected.ts';
import { grantsOf } from './roles.ts';
import { hashOf } from './secret.ts';
import { authenticate, noteUse, secretOf } from './tokens.ts';

export type Caller = {
  /** The token's. */
  readonly id: string;
  readonly user: string;
  readonly roles: readonly string[];
  readonly may: (asked: Asked) => boolean;
  /** May read everything there is: nothing need be hidden. */
  readonly all: boolean;
  readonly token: TokenItem;
};

/** Whose an `Authorization` header is; `undefined`: nobody's. `fresh`: as the table says now, whatever is remembered. */
export type Authenticate = (authorization: string | undefined, fresh?: boolean) => Promise<Caller | undefined>;

/** Milliseconds that a function on AWS remembers a caller: with a stream's next look, a token is off within 30 s everywhere. */
export const remembered = 14_000;

/** Callers that are remembered at once. */
const most = 1_000;

/** `keep`: milliseconds that an answer may be old. Only good tokens are remembered: a new one is known at once. */
export function createAuthenticate(home: Home, keep = 0): Authenticate {
  const known = new Map<string, { readonly caller: Caller; readonly until: number }>();
  return async (authorization, fresh = false) => {
    const secret = secretOf(authorization);
    if (secret === undefined) return undefined;
    const hash = hashOf(secret);
    const found = known.get(hash);
    if (found && !fresh && home.now() < found.until && isCurrent(found.caller.token, home.now())) return found.caller;
    known.delete(hash);
    // What is remembered is as old as the moment before it was read.
    const until = home.now() + keep;
    const token = await authenticate(home, authorization);
    const caller = token ? await callerOf(home, token) : await injectedCaller(home, hash);
    if (!caller) return undefined;
    if (keep > 0) {
      if (known.size >= most) known.clear();
      known.set(hash, { caller, until });
    }
    if (token) await noteUse(home, token);
    return caller;
  };
}

const isCurrent = ({ expires }: TokenItem, now: number) => expires === 0 || now < expires;

async function callerOf(home: Home, token: TokenItem): Promise<Caller> {
  const { id, user, roles } = token;
  const grants = await grantsOf(home, roles);
  const all = grants.flat().some((grant) => grant.all && grant.action.has('read'));
  // Only where extensions run has one a token.
  const own = token.extension === undefined ? undefined : await home.extensions?.rights(home, token.extension);
  return { id, user, roles, token, all, may: (asked) => allows(grants, asked) || own?.(asked) === true };
}
