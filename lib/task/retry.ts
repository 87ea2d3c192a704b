/** When a task is tried again, and how soon. The compiled `Retry` entries and the decision both go by it. */
import type { Retry } from '../pipeline/config.ts';
import { faultIn } from './fault.ts';
import { factsOf, type LaunchFacts, type TaskItem } from './task.ts';

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

/** What AWS said of the newest launch. */
const kindOf = ({ error = '', cause = '' }: TaskItem) => faultIn(`${error}: ${cause}`)?.kind;

/** Launches that used up no attempt: nothing of the user's ran in them, or AWS took it away. */
export function launchesInVain({ phase, launch = 0, attempt = 1 }: TaskItem): number {
  const unknown = phase === 'granted' || phase === 'again';
  return Math.max(0, launch - attempt + (unknown ? 0 : 1));
}

/**
 * Postponed launches that a machine waits for itself, a task, and all open tasks of the run together. It is punctual, but
 * each costs it 15 history events, of which an execution has 25,000.
 */
const inMachine = { task: 3, run: 150 };

/** Whether the machine itself waits for the next launch; else the state goes on waiting until the sweep lets it go. */
export function machineWaits(row: TaskItem, open: number): boolean {
  const count = launchesInVain(row);
  return count <= inMachine.task && count * open <= inMachine.run;
}

/** Launches that may fail for such a reason before the task does: the sweep needs time to register a definition again. */
const patience = { refused: 5, 'undefined definition': 20, passing: Number.POSITIVE_INFINITY };

/** Launches that AWS may refuse in one run: history is spent on them too. */
const refusalsOfARun = 500;

/** AWS has said often enough that it won't launch this: waiting longer changes nothing. `open`: tasks of the run that may hear the same. */
export function isRefused(row: TaskItem, open: number): boolean {
  const kind = kindOf(row);
  if (kind === undefined) return false;
  const count = launchesInVain(row);
  return count >= patience[kind] || (kind === 'refused' && count * open >= refusalsOfARun);
}

/** ECS didn't know the definition that the launch named: it was removed under a task that still runs. */
export const lacksDefinition = (row: TaskItem): boolean => kindOf(row) === 'undefined definition';

/** AWS has no room for the task at the moment, or doesn't say what else it lacks. */
export function wantsRoom(row: TaskItem): boolean {
  const kind = kindOf(row);
  return (kind === undefined || kind === 'passing') && !endedByItself(factsOf(row, row.launch ?? 0));
}

/**
 * ECS said in known words that it doesn't start this launch, and nothing was heard of a container: none exists, or ever
 * will. `ECS.ServerException` and errors of the connection or of Docker don't tell.
 */
export function neverBegan(row: TaskItem | undefined): boolean {
  if (!row?.error || row.error === 'ECS.ServerException' || factsOf(row, row.launch ?? 0)) return false;
  return /^(AmazonECS|ECS)\./.test(row.error) && kindOf(row) !== undefined;
}
