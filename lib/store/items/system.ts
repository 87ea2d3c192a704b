/** What an installation has once. */
import { padded } from '../padded.ts';
import type { Key } from '../table.ts';

/** Remembers the requests of CloudFormation that were carried out, as long as one may come again; expires after 24 h. */
export const resourceRequestKey = (id: string): Key => ({ pk: 'RESOURCES', sk: id });

export const systemKey: Key = { pk: 'SYSTEM', sk: 'PREFERENCES' };
export type SystemItem = Key & {
  ignore_pipeline_run_events?: boolean;
  /** Runs of all pipelines that may run at once; absent: see `run/seats.ts`. */
  max_concurrent_runs?: number;
  /** The highest that this number ever was, if it was changed: so far back seats may be taken. */
  most_seats?: number;
  /** Since when the installation is being removed: no run starts any more. */
  uninstalling?: number;
  /** The newest request to delete the stack, and when it came. */
  deletion?: string;
  deletion_asked?: number;
  /** Hash of the bootstrap token: it is made once. */
  bootstrap?: string;
};

/** Seats of the installation, in rows: the runs that run, whatever their pipeline. Those that are over may still be in there. */
export const seatsKey = (row: number): Key => ({ pk: 'SEATS', sk: padded(row) });
/** `held`: names of runs. */
export type SeatsItem = Key & { held?: Set<string> };

/** Pipelines whose next run waits for a seat. */
export const lineKey: Key = { pk: 'SYSTEM', sk: 'LINE' };
export type LineItem = Key & {
  /** `<since> <namespace>/<pipeline>`: in this order, they came first. */
  waiting?: Set<string>;
  /** When all rows were last looked through for runs that are over. */
  cleared?: number;
};
