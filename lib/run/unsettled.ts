/** The runs of a pipeline that are not complete. */
import type { Home } from '../home.ts';
import { type PipelineItem, pipelinePartition } from '../store/items/pipeline.ts';
import { runKey, runPrefix } from '../store/items/run.ts';
import type { RunItem } from './run.ts';

/** Those that hold a slot, and those that wait for one. Reads as many rows as there are such runs, however long the history. */
export async function unsettledRuns(home: Home, { uid, active, next_up = 0 }: PipelineItem): Promise<RunItem[]> {
  const from = runKey(uid, next_up).sk;
  const [holding, waiting] = await Promise.all([
    home.table.getMany([...(active ?? [])].map((number) => runKey(uid, number))),
    home.table.query(pipelinePartition(uid), { from, to: `${runPrefix}~` }),
  ]);
  const runs = [...holding, ...waiting].filter((run) => run !== undefined) as RunItem[];
  const open = runs.filter(({ state }) => state !== 'complete').map((run) => [run.number, run] as const);
  return [...new Map(open).values()].sort((a, b) => a.number - b.number);
}
