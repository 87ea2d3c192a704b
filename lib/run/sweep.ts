/**
 * The sweep is the guarantee: whatever event was lost, whichever process died, it finds the run and brings it on. It runs
 * every minute on AWS and every few seconds on one machine, and says what it did.
 */
import type { Home } from '../home.ts';
import { type PipelineItem, pipelineKey } from '../store/items.ts';
import { cancelRun } from './cancel.ts';
import { dispatch } from './dispatch.ts';
import type { RunItem } from './run.ts';
import { sweepClosed } from './sweep-closed.ts';
import { sweepRun } from './sweep-run.ts';

export type Swept = {
  /** Runs that were looked at, and those of them that waited for a slot. */
  readonly runs: number;
  readonly pending: number;
  /** What went wrong, a run each; the others were swept all the same, and these will be again. */
  readonly errors: readonly { readonly run: string; readonly error: unknown }[];
};

/** Looks after every run that is not over and done with. Any number may run at once, though one is enough. */
export async function sweepRuns(home: Home): Promise<Swept> {
  const keys = await home.table.swept('run');
  const runs = ((await home.table.getMany(keys)) as (RunItem | undefined)[]).filter((run) => run !== undefined);
  const pending = runs.filter(({ state, cancelling }) => state === 'pending' && !cancelling);
  const errors: { run: string; error: unknown }[] = [];
  const attempt = async (run: RunItem, work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      errors.push({ run: `${run.namespace}/${run.pipeline}/${run.number}`, error });
    }
  };
  for (const run of runs.filter(({ state }) => state === 'complete')) await attempt(run, () => sweepClosed(home, run));
  for (const run of firstOfEachPipeline(pending)) await attempt(run, () => dispatchOrCancel(home, run));
  for (const run of runs.filter((run) => run.state !== 'complete' && !pending.includes(run)))
    await attempt(run, () => sweepRun(home, run));
  return { runs: runs.length, pending: pending.length, errors };
}

const firstOfEachPipeline = (runs: readonly RunItem[]) => [...new Map(runs.map((run) => [run.uid, run])).values()];

/** Pending runs of a pipeline that was deleted, or created anew, will never get a slot. */
async function dispatchOrCancel(home: Home, run: RunItem): Promise<void> {
  const pipeline = (await home.table.get(pipelineKey(run.namespace, run.pipeline))) as PipelineItem | undefined;
  if (pipeline?.uid === run.uid) await dispatch(home, run.namespace, run.pipeline);
  else await cancelRun(home, run, 'admin');
}
