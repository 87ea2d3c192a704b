/**
 * What is to happen to a task now: the one decision of the product, as a function of what the table says.
 *
 * `next`, completers, event handlers, cancel and the sweep all ask it; `decide.ts` carries the answer out. It holds no
 * state, so whoever asks later, after a crash or twice, gets an answer that is right then.
 */
import type { ParentCondition, TaskConfig } from '../pipeline/config.ts';
import { conditionMet } from '../pipeline/dag.ts';
import { exitReason, skipReason } from './reason.ts';
import {
  endedByItself,
  interrupted,
  isRefused,
  laterSeconds,
  machineWaits,
  mayTryAgain,
  neverBegan,
  retryInterval,
} from './retry.ts';
import { factsOf, type LaunchFacts, type TaskItem, type TaskReason, type TaskStatus } from './task.ts';

export type View = {
  readonly task: TaskConfig;
  readonly row: TaskItem | undefined;
  readonly parents: readonly {
    readonly id: string;
    readonly condition: ParentCondition;
    readonly status: TaskStatus | undefined;
  }[];
  /** A state of the machine waits for the answer. */
  readonly awaited: boolean;
  /** Tasks of the run that are not complete. */
  readonly open: number;
  /** The run is being stopped. */
  readonly runCancelling: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
  /** The containers of the current launch were listed after `row` was read, and none is alive. */
  readonly inspected: boolean;
};

export type Verdict =
  /** Nothing to do until something happens. */
  | { readonly do: 'wait' }
  /** Tell all waiting tokens: what happens in the machine next is not this task. */
  | { readonly do: 'over' }
  | { readonly do: 'complete'; readonly status: TaskStatus; readonly reason?: TaskReason }
  /** Launch a container as attempt `attempt`. */
  | { readonly do: 'grant'; readonly attempt: number }
  /** Repeat the launch that was granted: the machine starts it, once. */
  | { readonly do: 'run' }
  /** Write that another launch comes, after `seconds`. All but `held` is told to waiting tokens. */
  | { readonly do: 'postpone'; readonly phase: 'again' | 'later' | 'held'; readonly seconds: number }
  /** Tell all waiting tokens what was postponed. */
  | { readonly do: 'postponed' }
  /** List the containers of this launch and stop what lives; then ask again. */
  | { readonly do: 'inspect' };

/** Clocks of the machine and of the table's writers may differ by this many milliseconds. */
const clockTolerance = 500;

export function verdict(view: View): Verdict {
  const { row, now } = view;
  if (row?.status) return { do: 'over' };
  const launch = row?.launch ?? 0;
  const facts = factsOf(row, launch);
  if (facts?.state === 'STOPPED' && facts.exit_code === 0) return { do: 'complete', status: 'successful' };
  const waits = ambiguous(row) && (row?.phase === 'ended' || now < (row?.not_before ?? 0));
  if ((view.runCancelling || row?.cancelling) && row?.phase !== 'granted' && !waits) return cancelled(view);
  if (!row?.phase) return idle(view);
  if (row.phase === 'granted') return { do: 'run' };
  return row.phase === 'ended' ? ended(view, row, facts) : postponed(view, row, facts);
}

/** Known errors: `States.TaskFailed` names a STOPPED container, `AmazonECS.Unknown` started none, after a time-out the container is looked for at once. */
const conclusive = ['States.TaskFailed', 'AmazonECS.Unknown', 'States.Timeout'];

/** The launch may still be on its way: its RunTask failed in a way that doesn't tell. */
const ambiguous = (row: TaskItem | undefined): boolean => isUnsure(row) && !conclusive.includes(row?.error ?? '');

/** No container of the launch is known to have stopped, and ECS did not refuse to start one. */
function isUnsure(row: TaskItem | undefined): boolean {
  if (row?.phase !== 'ended' && row?.phase !== 'later' && row?.phase !== 'held') return false;
  return !neverBegan(row) && factsOf(row, row.launch ?? 0)?.state !== 'STOPPED';
}

function cancelled({ row, inspected }: View): Verdict {
  if (isUnsure(row) && !inspected) return { do: 'inspect' };
  const description = row?.launch ? 'stopped on request' : 'cancelled before it started';
  return { do: 'complete', status: 'cancelled', reason: { reason: 'cancelled', description } };
}

function idle({ parents, awaited }: View): Verdict {
  if (parents.some(({ status }) => status === undefined)) return { do: 'wait' };
  const unmet = parents.filter(({ condition, status }) => status && !conditionMet(condition, status));
  if (unmet.length) return { do: 'complete', status: 'skipped', reason: skipReason(unmet) };
  return awaited ? { do: 'grant', attempt: 1 } : { do: 'wait' };
}

function ended(view: View, row: TaskItem, facts: LaunchFacts | undefined): Verdict {
  const error = row.error ?? '';
  const known = error === 'States.TaskFailed' || error === 'AmazonECS.Unknown';
  if (!known && isUnsure(row) && !view.inspected) return { do: 'inspect' };
  const infrastructure =
    interrupted(facts) || !(endedByItself(facts) || error === 'States.TaskFailed' || error === 'States.Timeout');
  if (infrastructure)
    return { do: 'postpone', phase: machineWaits(row, view.open) ? 'later' : 'held', seconds: laterSeconds };
  const attempt = row.attempt ?? 1;
  if (!mayTryAgain(view.task.retry, attempt, facts))
    return { do: 'complete', status: 'failed', reason: exitReason(row, facts) };
  return { do: 'postpone', phase: 'again', seconds: retryInterval(view.task.retry, attempt) };
}

function postponed(view: View, row: TaskItem, facts: LaunchFacts | undefined): Verdict {
  if (view.now < (row.not_before ?? 0) - clockTolerance)
    return row.phase === 'held' ? { do: 'wait' } : { do: 'postponed' };
  if (!view.awaited) return { do: 'wait' };
  const attempt = row.attempt ?? 1;
  if (row.phase === 'again') return { do: 'grant', attempt: attempt + 1 };
  if (isUnsure(row) && !view.inspected) return { do: 'inspect' };
  if (!endedByItself(facts)) {
    if (isRefused(row, view.open)) return { do: 'complete', status: 'failed', reason: exitReason(row, facts) };
    return { do: 'grant', attempt };
  }
  if (!mayTryAgain(view.task.retry, attempt, facts))
    return { do: 'complete', status: 'failed', reason: exitReason(row, facts) };
  return { do: 'grant', attempt: attempt + 1 };
}
