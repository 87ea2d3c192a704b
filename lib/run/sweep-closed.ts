/** A settled run stays on the sweep's list until its slot is back, its `finish run` is answered and its execution is closed. */
import type { Home } from '../home.ts';
import { tasksPartition } from '../store/items.ts';
import { parseGroup } from '../task/group.ts';
import { recordEnd } from '../task/launches.ts';
import type { TaskItem } from '../task/task.ts';
import { executionOf } from './execution.ts';
import type { RunItem } from './run.ts';
import { answerFinish, letGo, releaseSlot } from './settle.ts';
import type { Sight } from './sight.ts';
import { tellAll } from './tell.ts';

/** A launch that was in flight when the execution closed has shown itself after this many quiet times. */
const quietTimes = 5;

export async function sweepClosed(home: Home, run: RunItem, sight: Sight): Promise<void> {
  if (run.tokens) await answerFinish(home, run);
  await completeFacts(home, run, sight);
  const patience = quietTimes * home.settings.quiet * 1000;
  const living = sight.containers.some(({ lastStatus }) => lastStatus !== 'STOPPED');
  if (living || home.now() - (run.ended ?? 0) < patience) return;
  const execution = await sight.execution(run);
  if (execution === 'unknown') return;
  if (execution?.state === 'running' && run.cancelling)
    await home.machines.stop(executionOf(run), 'its run was cancelled');
  if (execution?.state === 'running' || home.now() - (execution?.stopped ?? 0) < patience) return;
  await releaseSlot(home, run);
  await tellAll(home, run);
  await letGo(home, run);
}

/** Events that were lost leave gaps in what users see of a task: its exit code, its times, its log. */
async function completeFacts(home: Home, { uid, number }: RunItem, { containers }: Sight): Promise<void> {
  const stopped = containers.filter(({ lastStatus }) => lastStatus === 'STOPPED');
  if (!stopped.length) return;
  const rows = (await home.table.query(tasksPartition(uid, number))) as TaskItem[];
  for (const container of stopped) {
    const task = parseGroup(container.group)?.task;
    await recordEnd(
      home,
      rows.find(({ sk }) => sk === task),
      container,
    );
  }
}
