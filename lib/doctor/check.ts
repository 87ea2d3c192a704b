/** A check: facts that a reader gathers, and a pure judgement over them. */
import { GoferError } from '../errors.ts';

export type Status = 'ok' | 'warn' | 'fail';

export type Verdict = {
  readonly status: Status;
  /** What is so, in a sentence. */
  readonly says: string;
  /** What to do about it. */
  readonly next?: string;
};

export type Finding = Verdict & { readonly check: string };

export const ok = (says: string): Verdict => ({ status: 'ok', says });
export const warn = (says: string, next?: string): Verdict => ({ status: 'warn', says, ...(next && { next }) });
export const fail = (says: string, next?: string): Verdict => ({ status: 'fail', says, ...(next && { next }) });

export type Check = { readonly name: string; examine(): Promise<readonly Verdict[]> };

/** @example check('clock', readClock, judgeClock) */
export function check<F>(
  name: string,
  read: () => Promise<F>,
  judge: (facts: F) => Verdict | readonly Verdict[],
): Check {
  return {
    name,
    async examine() {
      try {
        return [judge(await read())].flat();
      } catch (error) {
        return [unread(error)];
      }
    },
  };
}

/** What may not be read isn't wrong; whatever else fails is. */
function unread(error: unknown): Verdict {
  const says = error instanceof Error ? error.message : String(error);
  // Written for lines of their own, aligned; here they share one.
  const steps = error instanceof GoferError && 'next' in error ? [error.next].flat() : [];
  const next = steps.map((step) => String(step).replaceAll(/ {2,}/g, ' ')).join('; ') || undefined;
  return error instanceof GoferError && error.code === 'forbidden'
    ? warn(`can't be checked: ${says}`, next)
    : fail(says, next);
}

/**
 * Examines one group after another, the checks of a group side by side. After a failure the later groups are left out:
 * they would only fail for the same reason.
 */
export async function examine(groups: readonly (readonly Check[])[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const group of groups) {
    const examined = await Promise.all(
      group.map(async (each) => (await each.examine()).map((verdict) => ({ check: each.name, ...verdict }))),
    );
    findings.push(...examined.flat());
    if (findings.some(({ status }) => status === 'fail')) break;
  }
  return findings;
}
