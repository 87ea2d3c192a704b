/** A run: one execution of one version of a pipeline. */
import type { Key, SweepKind } from '../store/table.ts';

export type RunStatus = 'successful' | 'failed' | 'cancelled';

/** Why a run is being stopped. `timeout` ends it as failed, the others as cancelled. */
export type CancelReason = 'user' | 'admin' | 'timeout';

export type Variable = {
  readonly key: string;
  readonly value: string;
  readonly source: 'pipeline_config' | 'system' | 'run_options';
};

export type Initiator = { readonly id: string; readonly user: string };

/** Times are epoch milliseconds; absent = not yet. */
export type RunItem = Key & {
  readonly namespace: string;
  readonly pipeline: string;
  readonly uid: string;
  readonly number: number;
  readonly version: number;
  /** The machine's name and the exact input: starting the execution again must be the identical call. */
  readonly machine: string;
  readonly input: string;
  /** Progress; `status` is the outcome, present when the run is complete. */
  readonly state: 'pending' | 'running' | 'complete';
  readonly status?: RunStatus;
  readonly reason?: {
    readonly reason: 'abnormal_exit' | 'scheduler_error' | 'failed_precondition' | 'user_cancelled' | 'admin_cancelled';
    readonly description: string;
  };
  readonly cancelling?: CancelReason;
  readonly cancelled_at?: number;
  /** The execution ended by itself, and how: the run fails with it. */
  readonly error?: string;
  /** Positions (in the config) of the tasks that are not complete. Whoever empties it settles the run. */
  readonly open?: Set<number>;
  /** Tokens of `finish run` that wait for the run to settle. */
  readonly tokens?: Set<string>;
  /** The execution was started for certain: only now does a missing one mean that it is gone. */
  readonly begun?: boolean;
  /** It came to its end by itself, and the end of every launch is known: its execution closes unasked. */
  readonly whole?: boolean;
  /** Its end was told to everybody: event, slot, machine. */
  readonly told?: boolean;
  /** The row of its seat: see `seats.ts`. */
  readonly seat?: number;
  readonly created: number;
  readonly started?: number;
  readonly ended?: number;
  /** Epoch milliseconds at which the pipeline's `timeout` ends the run; set with `started`. */
  readonly deadline?: number;
  /** When something was last heard of the run. */
  readonly news: number;
  /** When the sweep last asked for its execution, nearly: it notes that no more often than once a quiet time. */
  readonly looked?: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly initiator: Initiator;
  /** Drawn by whoever wrote the row: a write that was repeated, as its answer was lost, finds its own here. */
  readonly claim?: number;
  /** The `Idempotency-Key` that asked for it. */
  readonly request?: string;
  /** Present as long as the sweep must look after the run. */
  readonly sweep?: SweepKind;
};
