/** After a start: unfinished runs are taken up again by running their machines from the beginning. */
import type { Home } from '../home.ts';
import { executionOf } from '../run/execution.ts';
import type { RunItem } from '../run/run.ts';

/**
 * The table knows what is done: `next` answers *over* for finished tasks, and a launch that was granted joins its
 * container or starts it now. A run that is being cancelled needs no execution: the sweep ends it.
 */
export async function resumeRuns(home: Home): Promise<number> {
  const runs = (await home.table.getMany(await home.table.swept('run'))) as (RunItem | undefined)[];
  const unfinished = runs.filter(
    (run) => run?.state === 'running' && run.begun && !run.cancelling && run.error === undefined,
  );
  for (const run of unfinished) if (run) await home.machines.start({ ...executionOf(run), input: run.input });
  return unfinished.length;
}
