/** The API: does it answer, is it the version of this command line, and does it take the token? */
import { createClient } from '../client/client.ts';
import { ApiError, NotGoferError } from '../client/errors.ts';
import { fail, ok, type Verdict, warn } from './check.ts';

export type ApiFacts = {
  readonly url: string;
  /** Of this command line. */
  readonly version: string;
  readonly answer:
    | { readonly version: string }
    /** `foreign`: something answers there that is not Gofer. */
    | { readonly error: string; readonly foreign: boolean };
  /** `open`: the server asks nobody for a token. */
  readonly access?: 'open' | { readonly user: string; readonly expires: number } | { readonly refused: string };
  readonly token: boolean;
  /** Epoch milliseconds, by this machine and by the server (whole seconds). */
  readonly here: number;
  readonly there?: number;
};

export type ReadApi = {
  readonly url: string;
  readonly token: string;
  readonly version: string;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
};

export async function readApi({ url, token, version, fetch, now, wait }: ReadApi): Promise<ApiFacts> {
  let there: number | undefined;
  let here = now();
  const noting: typeof fetch = async (...request) => {
    const before = now();
    const response = await fetch(...request);
    // The answer was made somewhere between the two.
    here = (before + now()) / 2;
    there = Date.parse(response.headers.get('date') ?? '') || there;
    return response;
  };
  const client = createClient({ baseUrl: url, fetch: noting, wait, ...(token && { token }) });
  const facts = { url, version, token: token !== '' };
  try {
    const { semver } = await client.system.metadata();
    const clock = () => ({ here, ...(there !== undefined && { there }) });
    return { ...facts, answer: { version: semver }, access: await accessOf(client, token), ...clock() };
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    return { ...facts, answer: { error: says, foreign: error instanceof NotGoferError }, here };
  }
}

async function accessOf({ system, tokens }: ReturnType<typeof createClient>, token: string) {
  try {
    await system.preferences();
    if (!token) return 'open';
    const { user, expires } = (await tokens.whoami()).token;
    return { user, expires };
  } catch (error) {
    // A token means nothing to a server that asks for none: it took it a line above, and has none to show.
    if (error instanceof ApiError && /asks nobody/.test(error.message)) return 'open';
    return { refused: error instanceof Error ? error.message : String(error) };
  }
}

/** For an API that others keep running. */
export function judgeApi(facts: ApiFacts, unreachable: string): Verdict {
  const { url, version, answer } = facts;
  if ('error' in answer) return fail(answer.error, unreachable);
  if (answer.version !== version)
    return warn(
      `${url} is Gofer ${answer.version}, this command line is ${version}`,
      'use the same version on both sides',
    );
  return ok(`${url} answers, Gofer ${answer.version}`);
}

const week = 7 * 86_400_000;

/** `first` says how to get the first token. */
export function judgeToken({ access, token, here }: ApiFacts, first: string): readonly Verdict[] {
  if (access === undefined) return [];
  if (access === 'open') return [ok('the server asks nobody for a token')];
  if ('refused' in access)
    return [
      token
        ? fail(`the token is refused: ${access.refused}`, 'set GOFER_TOKEN to a token that is valid')
        : fail('no token is set', `set GOFER_TOKEN; the first token: ${first}`),
    ];
  const { user, expires } = access;
  if (expires && expires - here < week)
    return [
      warn(
        `the token of ${user} ends ${new Date(expires).toISOString()}`,
        'replace it, and set GOFER_TOKEN to the new one',
      ),
    ];
  return [ok(`the token is valid, of ${user}`)];
}
