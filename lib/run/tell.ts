/** What is told of a run, as events. Each has the time that the row holds, so telling it again changes nothing. */
import { type EventKind, emit } from '../events/events.ts';
import type { Home } from '../home.ts';
import type { Table } from '../store/table.ts';
import type { RunItem } from './run.ts';

export const runIds = (run: RunItem) => ({
  namespace_id: run.namespace,
  pipeline_id: run.pipeline,
  run_id: run.number,
});

const tell = (home: Home, run: RunItem, word: string, time: number | undefined, kind: EventKind): Promise<void> =>
  emit(home, { time: time ?? home.now(), kind, key: `${run.uid}/${run.number}/${word}` });

/** Runs whose acceptance this process has told: most of them it begins itself right afterwards, and need not tell it again. */
const queued = new WeakMap<Table, Set<string>>();
const mostQueued = 1_000;

export async function tellQueued(home: Home, run: RunItem): Promise<void> {
  const here = queued.get(home.table) ?? new Set();
  queued.set(home.table, here);
  if (here.delete(run.sk + run.pk)) return;
  await tell(home, run, 'queued', run.created, { queued_run: runIds(run) });
  if (run.state !== 'pending') return;
  here.add(run.sk + run.pk);
  if (here.size > mostQueued) here.delete(here.values().next().value ?? '');
}

export const tellStarted = (home: Home, run: RunItem) =>
  tell(home, run, 'started', run.started, { started_run: runIds(run) });

export const tellCancelling = (home: Home, run: RunItem) =>
  tell(home, run, 'cancelling', run.cancelled_at, { started_run_cancellation: runIds(run) });

const tellCompleted = (home: Home, run: RunItem) =>
  tell(home, run, 'completed', run.ended, { completed_run: { ...runIds(run), status: run.status ?? 'unknown' } });

/** What must be known of a complete run. Most was told when it happened, unless whoever made it happen died then. */
export async function tellAll(home: Home, run: RunItem): Promise<void> {
  await Promise.all([
    ...(run.begun ? [] : [tellQueued(home, run)]),
    ...(run.begun || run.started === undefined ? [] : [tellStarted(home, run)]),
    ...(run.cancelling ? [tellCancelling(home, run)] : []),
    tellCompleted(home, run),
  ]);
}
