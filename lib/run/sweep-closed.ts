/** A settled run stays on the sweep's list until its slot is back, its `finish run` is answered and its execution is closed. */
import type { Home } from '../home.ts';
import { runKey } from '../store/items.ts';
import { exists } from '../store/table.ts';
import { executionOf } from './execution.ts';
import type { RunItem } from './run.ts';
import { answerFinish, releaseSlot } from './settle.ts';
import { tellAll } from './tell.ts';

/** A launch that was in flight when the execution closed has shown itself after this many quiet times. */
const quietTimes = 5;

/** `living`: a container of the run has not stopped. */
export async function sweepClosed(home: Home, run: RunItem, living: boolean): Promise<void> {
  if (run.tokens) await answerFinish(home, run);
  const patience = quietTimes * home.settings.quiet * 1000;
  if (living || home.now() - (run.ended ?? 0) < patience) return;
  const execution = await home.machines.describe(executionOf(run));
  if (execution?.state === 'running' && run.cancelling)
    await home.machines.stop(executionOf(run), 'its run was cancelled');
  if (execution?.state === 'running' || home.now() - (execution?.stopped ?? 0) < patience) return;
  await releaseSlot(home, run);
  await tellAll(home, run);
  await home.table.update(runKey(run.uid, run.number), { remove: ['sweep'] }, exists('sweep'));
}
