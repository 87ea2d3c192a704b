/** Cancel of a run: `cancelled` only when nothing of it lives any more. */

import { NotFoundError } from '../errors.ts';
import type { Home } from '../home.ts';
import { runKey } from '../store/items/run.ts';
import { all, differs, missing } from '../store/table.ts';
import { cancelRow } from '../task/cancel.ts';
import { executionOf } from './execution.ts';
import { findRun, loadRun } from './load.ts';
import type { CancelReason, RunItem } from './run.ts';
import { settle } from './settle.ts';
import { tellCancelling } from './tell.ts';

/**
 * Marks the run, stops its execution and its containers (SIGTERM, SIGKILL after `stop_timeout`), and returns it as it is
 * then. A run that is complete stays as it is. Whoever finds the last container gone settles it.
 */
export async function cancelRun(
  home: Home,
  id: { uid: string; number: number },
  reason: CancelReason,
): Promise<RunItem> {
  const found = await findRun(home, id.uid, id.number);
  if (!found) throw new NotFoundError('run', id.number);
  const now = home.now();
  const change = { set: { cancelling: reason, cancelled_at: now, news: now } };
  await home.table.update(runKey(id.uid, id.number), change, all(differs('state', 'complete'), missing('cancelling')));
  const loaded = await loadRun(home, id.uid, id.number);
  if (!loaded || loaded.run.state === 'complete') return loaded?.run ?? found;
  await tellCancelling(home, loaded.run);
  await home.machines.stop(executionOf(loaded.run), `run ${id.number} is cancelled`);
  for (const task of loaded.config.tasks) await cancelRow(home, loaded, task.id);
  const run = await findRun(home, id.uid, id.number);
  if (run && !run.open) await settle(home, { ...loaded, run });
  return (await findRun(home, id.uid, id.number)) ?? loaded.run;
}
