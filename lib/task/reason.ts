/** Why a task ended as it did, in words for people. */
import type { ParentCondition } from '../pipeline/config.ts';
import { faultIn, inWords } from './fault.ts';
import { factsOf, type LaunchFacts, type TaskItem, type TaskReason, type TaskStatus } from './task.ts';

type Unmet = { readonly id: string; readonly condition: ParentCondition; readonly status: TaskStatus | undefined };

/** `"build" failed, needs success`. */
export function skipReason(unmet: readonly Unmet[]): TaskReason {
  const description = unmet.map(({ id, condition, status }) => `"${id}" ${was(status)}, needs ${condition}`).join('; ');
  return { reason: 'failed_precondition', description };
}

const was = (status: TaskStatus | undefined) =>
  status === 'failed' ? 'failed' : status === 'successful' ? 'succeeded' : `was ${status}`;

/** What the last launch ended with: the exit code, and what AWS's own words mean. */
export function exitReason(row: TaskItem, facts: LaunchFacts | undefined): TaskReason {
  if (row.error === 'States.Timeout' || facts?.stopped_reason?.startsWith(overdue)) {
    return { reason: 'abnormal_exit', description: facts?.stopped_reason ?? 'ran longer than its timeout' };
  }
  if (facts?.exit_code !== undefined) {
    const fault = faultIn(facts.stopped_reason);
    return {
      reason: 'abnormal_exit',
      description: fault
        ? `${fault.what} (exit code ${facts.exit_code})`
        : `the container exited with code ${facts.exit_code}${meaning(facts.exit_code)}`,
    };
  }
  const words = facts?.stopped_reason ?? row.cause ?? row.error ?? 'the container never started';
  const refused = words.startsWith('CannotStartContainerError');
  return { reason: refused ? 'failed_precondition' : 'scheduler_error', description: inWords(words) };
}

/** Why another launch of the same attempt comes: what AWS said of the last one. `undefined`: none does. */
export function whyLaunchedAgain(row: TaskItem | undefined): string | undefined {
  if (row?.status || (row?.phase !== 'later' && row?.phase !== 'held')) return undefined;
  const words = factsOf(row, row.launch ?? 0)?.stopped_reason ?? `${row.error ?? ''}: ${row.cause ?? ''}`;
  return faultIn(words)?.what ?? inWords(words);
}

/** Begins the reason that the sweep gives when it stops what ran too long. */
export const overdue = 'timeout:';

/** As shells and init processes count: what could not be begun, and over 128 a signal. */
const meanings: Readonly<Record<number, string>> = {
  126: ' (the command can’t be executed)',
  127: ' (command not found)',
  130: ' (SIGINT)',
  134: ' (SIGABRT)',
  137: ' (SIGKILL: killed, or out of memory)',
  139: ' (SIGSEGV)',
  143: ' (SIGTERM)',
};
const meaning = (code: number) => meanings[code] ?? '';
