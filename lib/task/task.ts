/** A task execution: one task of one run, with each launch of its container. */
import type { ObjectValues } from '../object/values.ts';
import type { Key } from '../store/table.ts';

export type TaskStatus = 'successful' | 'failed' | 'skipped' | 'cancelled';

export type TaskReason = {
  readonly reason: 'abnormal_exit' | 'scheduler_error' | 'failed_precondition' | 'cancelled' | 'orphaned';
  readonly description: string;
};

/** What is known of one launch, filled in whenever it comes: STOPPED is the last word. Times are epoch milliseconds. */
export type LaunchFacts = {
  readonly arn: string;
  readonly state: 'RUNNING' | 'STOPPED';
  readonly started?: number;
  readonly stopped?: number;
  readonly exit_code?: number;
  readonly stop_code?: string;
  readonly stopped_reason?: string;
  /** The attempt this launch counts as. */
  readonly attempt?: number;
};

/**
 * An absent item means idle. `phase` says what was decided last:
 * `granted` launch k may start (or has), `ended` it is known to have ended, `again` a further attempt comes after
 * `not_before`, `later` a launch comes after an infrastructure error, `held` the same, but its state goes on waiting: the
 * sweep lets it go.
 */
export type TaskItem = Key & {
  readonly phase?: 'granted' | 'ended' | 'again' | 'later' | 'held';
  /** Number of the newest launch; every grant counts one. */
  readonly launch?: number;
  /** Launches that count as attempts of the user's task. */
  readonly attempt?: number;
  /** Why launch k ended: the error's name as Step Functions gives it. */
  readonly error?: string;
  readonly cause?: string;
  readonly not_before?: number;
  /** Tokens of `next` that wait for a decision. */
  readonly tokens?: Set<string>;
  readonly cancelling?: 'user' | 'admin';
  readonly cancelled_at?: number;
  /** Written once. */
  readonly status?: TaskStatus;
  readonly reason?: TaskReason;
  /** When the first launch was granted, and when the newest was, if that is another. */
  readonly created?: number;
  readonly granted?: number;
  readonly ended?: number;
  readonly news?: number;
  readonly logs_removed?: boolean;
  /** Of its variables, those that are objects, as they were when the newest launch was granted. */
  readonly values?: ObjectValues;
  /** Facts of launch k are the attribute `launch_k`: a map of its own each, so that one write needs no other. */
  readonly [launch: `launch_${number}`]: LaunchFacts | undefined;
};

/** The facts of a launch, if any have come. */
export const factsOf = (task: TaskItem | undefined, launch: number): LaunchFacts | undefined =>
  task?.[`launch_${launch}`];
