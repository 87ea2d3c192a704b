/** A settled run stays on the sweep's list until its slot is back, its `finish run` is answered and its execution is closed. */
import type { Home } from '../home.ts';
import { type PipelineItem, pipelineKey } from '../store/items/pipeline.ts';
import { tasksPartition } from '../store/items/run.ts';
import { parseGroup } from '../task/group.ts';
import { recordEnd } from '../task/launches.ts';
import type { TaskItem } from '../task/task.ts';
import { executionOf } from './execution.ts';
import type { RunItem } from './run.ts';
import { answerFinish, isDispatched, letGo, quietTimes, releaseSlot } from './settle.ts';
import type { Sight } from './sight.ts';
import { tellAll } from './tell.ts';

export async function sweepClosed(home: Home, run: RunItem, sight: Sight): Promise<void> {
  if (run.tokens) await answerFinish(home, run);
  if (!run.whole) await completeFacts(home, run, sight);
  if (!isDispatched(home, run) || !(await isClosed(home, run, sight))) return;
  const pipeline = (await home.table.get(pipelineKey(run.namespace, run.pipeline))) as PipelineItem | undefined;
  if (pipeline?.active?.has(run.number)) await releaseSlot(home, run);
  if (!run.told) await tellAll(home, run);
  await letGo(home, run);
}

/** Its execution has been closed for so long that no launch can be in flight. */
async function isClosed(home: Home, run: RunItem, sight: Sight): Promise<boolean> {
  if (run.whole) return true;
  const patience = quietTimes * home.settings.quiet * 1000;
  const living = sight.containers.some(({ lastStatus }) => lastStatus !== 'STOPPED');
  if (living || home.now() - (run.ended ?? 0) < patience) return false;
  const execution = await sight.execution(run);
  if (execution === 'unknown') return false;
  if (execution?.state === 'running' && run.cancelling)
    await home.machines.stop(executionOf(run), 'its run was cancelled');
  return execution?.state !== 'running' && home.now() - (execution?.stopped ?? 0) >= patience;
}

/** Events that were lost leave gaps in what users see of a task: its exit code, its times, its log. */
async function completeFacts(home: Home, run: RunItem, { containers }: Sight): Promise<void> {
  const stopped = containers.filter(({ lastStatus }) => lastStatus === 'STOPPED');
  if (!stopped.length) return;
  const rows = (await home.table.query(tasksPartition(run.uid, run.number))) as TaskItem[];
  for (const container of stopped) {
    const task = parseGroup(container.group)?.task;
    await recordEnd(
      home,
      run,
      rows.find(({ sk }) => sk === task),
      container,
    );
  }
}
