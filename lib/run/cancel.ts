/** Cancel of a run: `cancelled` only when nothing of it lives any more. */

import { NotFoundError } from '../errors.ts';
import { emit } from '../events/events.ts';
import type { Home } from '../home.ts';
import { runKey } from '../store/items.ts';
import { all, differs, exists, missing } from '../store/table.ts';
import { cancelRow } from '../task/cancel.ts';
import { executionOf } from './execution.ts';
import { findRun, loadRun } from './load.ts';
import type { CancelReason, RunItem } from './run.ts';
import { settle } from './settle.ts';

/**
 * Marks the run, stops its execution and its containers (SIGTERM, SIGKILL after `stop_timeout`), and returns it as it is
 * then. A run that is complete stays as it is. Whoever finds the last container gone settles it.
 */
export async function cancelRun(
  home: Home,
  id: { uid: string; number: number },
  reason: CancelReason,
): Promise<RunItem> {
  const now = home.now();
  const key = runKey(id.uid, id.number);
  const change = { set: { cancelling: reason, cancelled_at: now, news: now } };
  const marked = (await home.table.update(
    key,
    change,
    all(exists('pk'), differs('state', 'complete'), missing('cancelling')),
  )) as RunItem | undefined;
  const loaded = await loadRun(home, id.uid, id.number);
  if (!loaded) throw new NotFoundError('run', id.number);
  if (loaded.run.state === 'complete') return loaded.run;
  if (marked) await emitCancelling(home, marked);
  await home.machines.stop(executionOf(loaded.run), `run ${id.number} is cancelled`);
  for (const task of loaded.config.tasks) await cancelRow(home, loaded, task.id);
  const run = await findRun(home, id.uid, id.number);
  if (run && !run.open) await settle(home, { ...loaded, run });
  return (await findRun(home, id.uid, id.number)) ?? loaded.run;
}

async function emitCancelling(home: Home, run: RunItem): Promise<void> {
  const ids = { namespace_id: run.namespace, pipeline_id: run.pipeline, run_id: run.number };
  const time = run.cancelled_at ?? home.now();
  await emit(home, { time, kind: { started_run_cancellation: ids }, key: `${run.uid}/${run.number}/cancelling` });
}
