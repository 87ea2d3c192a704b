import { setTimeout as sleep } from 'node:timers/promises';

/** Between two attempts, in milliseconds: doubled each time, at most 30 s. */
const first = 100;
const longest = 30_000;

/** Calls until it succeeds; false when `over` says that it is of no use any more. */
export async function untilDone(call: () => Promise<void>, over: () => boolean): Promise<boolean> {
  for (let wait = first; !over(); wait = Math.min(wait * 2, longest)) {
    try {
      await call();
      return true;
    } catch {
      await sleep(wait, undefined, { ref: false });
    }
  }
  return false;
}
