/** When a pipeline starts by itself, as `gofer pipeline get` shows it. */
import type { Config, Pipeline } from '../client/types.ts';
import { duration } from './terminal/time.ts';

/** Epoch milliseconds; null: it has no schedule, or is disabled. The computing is loaded when it is needed. */
export async function nextRun({ state }: Pipeline, live: Config | undefined, now: number): Promise<number | null> {
  if (!live?.schedule || state === 'disabled') return null;
  const { nextTime } = await import('../schedule/next.ts');
  return nextTime(live.schedule, now) ?? null;
}

/** `2026-11-24 04:30 UTC, in 16h 30m`. */
export function writeNextRun({ state }: Pipeline, live: Config | undefined, next: number | null, now: number) {
  if (next !== null)
    return `${new Date(next).toISOString().slice(0, 16).replace('T', ' ')} UTC, in ${duration(next - now)}`;
  return live?.schedule && state === 'disabled' ? 'none while the pipeline is disabled' : undefined;
}
