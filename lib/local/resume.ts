/** After a start: unfinished runs are taken up again by running their machines from the beginning, and schedules are set. */
import type { Home } from '../home.ts';
import { listNamespaces } from '../namespace/namespaces.ts';
import { listPipelines } from '../pipeline/pipelines.ts';
import { executionOf } from '../run/execution.ts';
import type { RunItem } from '../run/run.ts';
import { setSchedule } from '../schedule/keep.ts';

/**
 * The table knows what is done: `next` answers *over* for finished tasks, and a launch that was granted joins its
 * container or starts it now. A run that is being cancelled needs no execution: the sweep ends it. So it does with one
 * that can't be taken up, which `onError` is told: it keeps no other from it.
 */
export async function resumeRuns(home: Home, onError: (run: RunItem, error: unknown) => void): Promise<number> {
  const runs = (await home.table.getMany(await home.table.swept('run'))) as (RunItem | undefined)[];
  const unfinished = runs.filter(
    (run) => run?.state === 'running' && run.begun && !run.cancelling && run.error === undefined,
  );
  let resumed = 0;
  for (const run of unfinished) {
    if (!run) continue;
    try {
      await home.machines.start({ ...executionOf(run), input: run.input });
      resumed++;
    } catch (error) {
      onError(run, error);
    }
  }
  return resumed;
}

/** The clock remembers nothing: it learns from the table what it should do. */
export async function resumeSchedules(home: Home): Promise<void> {
  for (const namespace of await listNamespaces(home))
    for (const pipeline of await listPipelines(home, namespace.id)) await setSchedule(home, pipeline);
}
