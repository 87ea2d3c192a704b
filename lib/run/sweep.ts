/**
 * The sweep is the guarantee: whatever event was lost, whichever process died, it finds the run and brings it on. It runs
 * every minute on AWS and every second on one machine, and says what it did.
 */
import type { Home } from '../home.ts';
import type { Container } from '../ports/containers.ts';
import { type PipelineItem, pipelineKey } from '../store/items/pipeline.ts';
import { type LineItem, lineKey } from '../store/items/system.ts';
import { equals } from '../store/table.ts';
import { parseGroup, runName } from '../task/group.ts';
import { cancelRun } from './cancel.ts';
import { beginOrWait, dispatch } from './dispatch.ts';
import { readLine } from './line.ts';
import { findRun } from './load.ts';
import type { RunItem } from './run.ts';
import { serveLine } from './serve.ts';
import { releaseSlot } from './settle.ts';
import { sightOfAll } from './sight.ts';
import { sweepClosed } from './sweep-closed.ts';
import { sweepRun } from './sweep-run.ts';

export type Swept = {
  /** Runs that were looked at, and those of them that waited for a slot. */
  readonly runs: number;
  readonly pending: number;
  /** What went wrong, a run each; the others were swept all the same, and these will be again. */
  readonly errors: readonly { readonly run: string; readonly error: unknown }[];
};

/**
 * Questions about executions that one sweep may ask: AWS answers 250 at once in its smaller regions, then 10 a second, and
 * the account's own tools ask too. Some of them are kept for runs that are over, which also hold something back: a name
 * on the list.
 */
export const asksOfASweep = { active: 200, over: 50 };

/** Runs that are looked after side by side. */
const workers = 8;

/** Looks after every run that is not over and done with. Any number may run at once, though one is enough. */
export async function sweepRuns(home: Home): Promise<Swept> {
  const keys = await home.table.swept('run');
  const [item, ...rows] = (await home.table.getMany([lineKey, ...keys])) as [LineItem?, ...(RunItem | undefined)[]];
  const runs = rows.filter((run) => run !== undefined);
  const oldest = runs.toSorted((a, b) => lookedAt(a) - lookedAt(b));
  const complete = oldest.filter(({ state }) => state === 'complete');
  const pending = oldest.filter(({ state, cancelling }) => state === 'pending' && !cancelling);
  const active = oldest.filter(({ state, cancelling }) => state === 'running' || (state === 'pending' && cancelling));
  const errors: { run: string; error: unknown }[] = [];
  const attempt = async (run: string, work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      errors.push({ run, error });
    }
  };
  const name = (run: RunItem) => `${run.namespace}/${run.pipeline}/${run.number}`;
  const sight = await sightOfAll(home, asksOfASweep);
  const living = sight.containers.filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  await attempt('containers', () => stopStrays(home, living, active));
  await sideBySide(complete, (run) => attempt(name(run), () => sweepClosed(home, run, sight.of(run))));
  await sideBySide([...Map.groupBy(pending, (run) => run.uid)], ([uid, waiting]) => {
    const settled = complete.filter((run) => run.uid === uid);
    return attempt(`${waiting[0]?.namespace}/${waiting[0]?.pipeline}`, () => sweepPipeline(home, waiting, settled));
  });
  if (item?.waiting) await attempt('seats', () => serveLine(home));
  await sideBySide(active, (run) => attempt(name(run), () => sweepRun(home, run, sight.of(run))));
  return { runs: runs.length, pending: pending.length, errors };
}

const lookedAt = ({ news, looked = 0 }: RunItem) => Math.max(news, looked);

async function sideBySide<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: workers }, worker));
}

/** Containers whose run is over, or isn't there: nobody else would ever stop them. */
async function stopStrays(home: Home, living: readonly Container[], active: readonly RunItem[]): Promise<void> {
  const names = new Set(active.map(({ uid, number }) => runName(uid, number)));
  for (const { arn, group } of living) {
    const launch = parseGroup(group);
    if (!launch || names.has(runName(launch.uid, launch.number))) continue;
    const run = await findRun(home, launch.uid, launch.number);
    if (!run || run.state === 'complete') await home.containers.stop(arn, 'its run is over');
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
  for (const run of waiting) if (pipeline.active?.has(run.number)) await beginOrWait(home, run, await readLine(home));
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
