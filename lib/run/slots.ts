/** Slots of a pipeline: `parallelism` of them, each held by the number of a run. */
import type { Home } from '../home.ts';
import { type PipelineItem, pipelineKey, pipelinePartition } from '../store/items/pipeline.ts';
import { runKey, runPrefix } from '../store/items/run.ts';
import { all, any, type Condition, contains, equals, missing, sizeLess } from '../store/table.ts';
import { numbersOf } from './numbers.ts';
import type { RunItem } from './run.ts';

/** Pending runs looked at in one go. */
const page = 25;

/** Whoever gives a slot back dispatches then. */
export const isFull = ({ parallelism, active }: PipelineItem) => parallelism > 0 && (active?.size ?? 0) >= parallelism;

/** Pending runs in the order of their numbers. `more`: there may be others behind them. */
export async function nextPending(
  home: Home,
  pipeline: PipelineItem,
): Promise<{ readonly pending: readonly RunItem[]; readonly more: boolean }> {
  const from = runKey(pipeline.uid, pipeline.next_up ?? 0).sk;
  const range = { from, to: `${runPrefix}~`, limit: page };
  const { found, settled } = await numbersOf(home.table, pipeline.uid).look(
    () => home.table.query(pipelinePartition(pipeline.uid), range) as Promise<RunItem[]>,
  );
  // Those above come when their starts have ended: each of them dispatches.
  const runs = found.filter(({ number }) => number < settled);
  const pending = runs.filter(({ state, cancelling }) => state === 'pending' && !cancelling);
  if (runs.length < page) return { pending, more: false };
  return { pending, more: pending.length > 0 || (await skip(home, pipeline, runs)) };
}

/** A whole page of runs that are done or being cancelled: look behind it the next time. */
async function skip(home: Home, { namespace, id, uid }: PipelineItem, runs: readonly RunItem[]): Promise<boolean> {
  if (runs.some(({ state }) => state === 'pending')) return false;
  const next_up = runs.at(-1)?.number ?? 0;
  return (await home.table.update(pipelineKey(namespace, id), { set: { next_up } }, equals('uid', uid))) !== undefined;
}

/** True also when the run holds one already. */
export async function takeSlot(
  home: Home,
  { namespace, id, uid, parallelism }: PipelineItem,
  run: RunItem,
): Promise<boolean> {
  const free: Condition = parallelism
    ? any(missing('active'), contains('active', run.number), sizeLess('active', parallelism))
    : equals('uid', uid);
  const change = { add: { active: new Set([run.number]) }, set: { next_up: run.number } };
  return (await home.table.update(pipelineKey(namespace, id), change, all(equals('uid', uid), free))) !== undefined;
}
