/** A task's launches as the attempts that its user sees. */
import { overdue } from './reason.ts';
import { endedByItself } from './retry.ts';
import { factsOf, type LaunchFacts, type TaskItem } from './task.ts';

/** `facts` is absent as long as the launch has not been heard of. */
export type TaskAttempt = {
  readonly launch: number;
  readonly attempt: number;
  readonly facts: LaunchFacts | undefined;
};

/**
 * Every launch, oldest first, with the number of the attempt it belongs to. A launch that infrastructure ended is
 * repeated as the same attempt, so two launches may share a number: the later one is what counts.
 */
export function attemptsOf(row: TaskItem | undefined): TaskAttempt[] {
  const attempts: TaskAttempt[] = [];
  const last = row?.attempt ?? 1;
  let attempt = 1;
  for (let launch = 1; launch <= (row?.launch ?? 0); launch++) {
    const facts = factsOf(row, launch);
    attempts.push({ launch, attempt: launch === row?.launch ? last : attempt, facts });
    if (endedAttempt(facts)) attempt = Math.min(attempt + 1, last);
  }
  return attempts;
}

function endedAttempt(facts: LaunchFacts | undefined): boolean {
  if (facts?.state !== 'STOPPED') return false;
  return endedByItself(facts) || (facts.stopped_reason?.startsWith(overdue) ?? false);
}
