/** When a task is tried again, and how soon. The compiled `Retry` entries and the decision both go by it. */
import type { Retry } from '../pipeline/config.ts';
import { faultIn } from './fault.ts';
import type { LaunchFacts, TaskItem } from './task.ts';

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
    (facts.stop_code === 'EssentialContainerExited' || facts.stop_code === 'TaskFailedToStart') &&
    !interrupted(facts)
  );
}

/** AWS ended it, or could not get it to run, for a reason of its own that passes: it uses up no attempt. */
export function interrupted(facts: LaunchFacts | undefined): boolean {
  if (facts?.stop_code === 'SpotInterruption' || facts?.stop_code === 'TerminationNotice') return true;
  const neverRan = facts?.stop_code === 'TaskFailedToStart' && facts.exit_code === undefined;
  return neverRan && faultIn(facts.stopped_reason)?.kind === 'passing';
}

/** Launches that may fail for such a reason before the task does: the sweep needs time to register a definition again. */
const patience = { refused: 5, 'undefined definition': 20, passing: Number.POSITIVE_INFINITY };

/** AWS has said often enough that it won't launch this: waiting longer changes nothing. */
export function isRefused({ error = '', cause = '', launch = 0, attempt = 1 }: TaskItem): boolean {
  const kind = faultIn(`${error}: ${cause}`)?.kind;
  return kind !== undefined && launch - attempt + 1 >= patience[kind];
}

/** ECS didn't know the definition that the launch named: it was removed under a task that still runs. */
export const lacksDefinition = ({ error = '', cause = '' }: TaskItem): boolean =>
  faultIn(`${error}: ${cause}`)?.kind === 'undefined definition';
