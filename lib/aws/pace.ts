/** Keeps calls below a rate: those that come too fast wait, and go on in the order in which they came. */
import { setTimeout } from 'node:timers/promises';

export type PaceOptions = {
  readonly now?: () => number;
  /** Waits; milliseconds. */
  readonly pause?: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;
};

/** Up to a second's calls may come at once. Whoever gives up waiting, by its signal, passes. */
export function createPace(perSecond: number, options: PaceOptions = {}) {
  const { now = Date.now, pause = (ms, signal) => setTimeout(ms, undefined, { signal }) } = options;
  const interval = 1000 / perSecond;
  let due = 0;
  return async (signal?: AbortSignal): Promise<void> => {
    const at = now();
    due = Math.max(due, at - 1000) + interval;
    if (due > at) await pause(due - at, signal).catch(() => undefined);
  };
}
