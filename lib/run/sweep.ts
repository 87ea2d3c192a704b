/**
 * The sweep is the guarantee: whatever event was lost, whichever process died, it finds the run and brings it on. It runs
 * every minute on AWS and every second on one machine, and says what it did.
 */
import type { Home } from '../home.ts';
import type { Container } from '../ports/containers.ts';
import { type PipelineItem, pipelineKey } from '../store/items.ts';
import { equals } from '../store/table.ts';
import { parseGroup, runName } from '../task/group.ts';
import { cancelRun } from './cancel.ts';
import { begin, dispatch } from './dispatch.ts';
import { findRun } from './load.ts';
import type { RunItem } from './run.ts';
import { releaseSlot } from './settle.ts';
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
  const complete = runs.filter(({ state }) => state === 'complete');
  const pending = runs.filter(({ state, cancelling }) => state === 'pending' && !cancelling);
  const active = runs.filter(({ state, cancelling }) => state === 'running' || (state === 'pending' && cancelling));
  const living = (await home.containers.listAll()).filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  const errors: { run: string; error: unknown }[] = [];
  const attempt = async (run: string, work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      errors.push({ run, error });
    }
  };
  const name = (run: RunItem) => `${run.namespace}/${run.pipeline}/${run.number}`;
  await attempt('containers', () => stopStrays(home, living, active));
  for (const run of complete)
    await attempt(name(run), () =>
      sweepClosed(
        home,
        run,
        living.some(({ group }) => belongs(group, run)),
      ),
    );
  for (const [uid, waiting] of Map.groupBy(pending, (run) => run.uid)) {
    const settled = complete.filter((run) => run.uid === uid);
    await attempt(`${waiting[0]?.namespace}/${waiting[0]?.pipeline}`, () => sweepPipeline(home, waiting, settled));
  }
  for (const run of active) await attempt(name(run), () => sweepRun(home, run));
  return { runs: runs.length, pending: pending.length, errors };
}

const belongs = (group: string, { uid, number }: RunItem) => group.startsWith(`${runName(uid, number)}/`);

/** Containers whose run is over, or isn't there: nobody else would ever stop them. */
async function stopStrays(home: Home, living: readonly Container[], active: readonly RunItem[]): Promise<void> {
  for (const { arn, group } of living) {
    if (active.some((run) => belongs(group, run))) continue;
    const launch = parseGroup(group);
    const run = launch && (await findRun(home, launch.uid, launch.number));
    if (launch && (!run || run.state === 'complete')) await home.containers.stop(arn, 'its run is over');
  }
}

/** A pipeline whose runs wait: slots that were not given back, or given to a run that didn't begin, are put right first. */
async function sweepPipeline(home: Home, waiting: readonly RunItem[], settled: readonly RunItem[]): Promise<void> {
  const [first] = waiting;
  if (!first) return;
  const pipeline = (await home.table.get(pipelineKey(first.namespace, first.pipeline))) as PipelineItem | undefined;
  if (pipeline?.uid !== first.uid) {
    // It was deleted, or created anew: these runs will never get a slot.
    for (const run of waiting) await cancelRun(home, run, 'admin');
    return;
  }
  for (const run of settled) if (pipeline.active?.has(run.number)) await releaseSlot(home, run);
  for (const run of waiting) if (pipeline.active?.has(run.number)) await begin(home, run);
  // A write that came late, behind a number that was given after it: `dispatch` would not look there again.
  const lowest = Math.min(...waiting.map(({ number }) => number));
  if ((pipeline.next_up ?? 0) > lowest)
    await home.table.update(
      pipelineKey(first.namespace, first.pipeline),
      { set: { next_up: lowest } },
      equals('uid', first.uid),
    );
  await dispatch(home, first.namespace, first.pipeline);
}
