/** A settled run stays on the sweep's list until its slot is back, its `finish run` is answered and its execution is closed. */
import type { Home } from '../home.ts';
import { runKey } from '../store/items.ts';
import { runName } from '../task/group.ts';
import { executionOf } from './execution.ts';
import type { RunItem } from './run.ts';
import { answerFinish, closeRun } from './settle.ts';

/** A launch that was in flight when the execution closed has shown itself after this many quiet times. */
const quietTimes = 5;

export async function sweepClosed(home: Home, run: RunItem): Promise<void> {
  const age = home.now() - (run.ended ?? 0);
  if (run.tokens) await answerFinish(home, run);
  if (age < home.settings.quiet * 1000) return;
  const execution = await home.machines.describe(executionOf(run));
  if (execution?.state === 'running' && run.cancelling)
    await home.machines.stop(executionOf(run), 'its run was cancelled');
  const containers = await home.containers.list(runName(run.uid, run.number));
  const living = containers.filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  await Promise.all(living.map(({ arn }) => home.containers.stop(arn, 'its run is over')));
  await closeRun(home, run);
  const closed =
    execution?.state !== 'running' &&
    home.now() - (execution?.stopped ?? run.ended ?? 0) > quietTimes * home.settings.quiet * 1000;
  if (closed && !living.length) await home.table.update(runKey(run.uid, run.number), { remove: ['sweep'] });
}
