/** This machine's clock against the server's: AWS refuses signatures that are more than five minutes off. */
import type { ApiFacts } from './api.ts';
import { fail, ok, type Verdict, warn } from './check.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html */
const most = 5 * 60_000;
const odd = 60_000;

export function judgeClock({ here, there }: Pick<ApiFacts, 'here' | 'there'>): readonly Verdict[] {
  if (there === undefined) return [];
  const apart = here - there;
  const says = `this clock is ${Math.round(Math.abs(apart) / 1000)} s ${apart < 0 ? 'behind' : 'ahead of'} the server's`;
  const next = 'let it set itself: sudo timedatectl set-ntp true';
  if (Math.abs(apart) > most) return [fail(`${says}; AWS refuses what is signed more than 300 s off`, next)];
  // The header has whole seconds, and the answer took its time.
  if (Math.abs(apart) > odd) return [warn(says, next)];
  return [ok("this clock agrees with the server's")];
}
