/** When a task is tried again, and how soon. The compiled `Retry` entries and the decision both go by it. */
import type { Retry } from '../pipeline/config.ts';
import type { LaunchFacts } from './task.ts';

/** Seconds before a launch is tried again after an infrastructure error. */
export const laterSeconds = 60;

/** Seconds between attempt `attempt` and the next: whole, at least 1, at most 1 h. */
export function retryInterval(retry: Retry | undefined, attempt: number): number {
  const { interval = 1, rate = 1 } = retry ?? {};
  return Math.min(3600, Math.max(1, Math.round(interval * rate ** (attempt - 1))));
}

/** Whether attempt `attempt` may be followed by another. With `exit_codes`, an end without one of them is final. */
export function mayTryAgain(retry: Retry | undefined, attempt: number, facts: LaunchFacts | undefined): boolean {
  if (attempt >= (retry?.attempts ?? 1)) return false;
  return !retry?.exit_codes || (facts?.exit_code !== undefined && retry.exit_codes.includes(facts.exit_code));
}

/** The container ended without anybody stopping it: that counts as an attempt, whatever error the state reported. */
export function endedByItself(facts: LaunchFacts | undefined): boolean {
  return (
    facts?.state === 'STOPPED' &&
    (facts.stop_code === 'EssentialContainerExited' || facts.stop_code === 'TaskFailedToStart')
  );
}
