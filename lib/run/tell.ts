/** What is told of a run, as events. Each has the time that the row holds, so telling it again changes nothing. */
import { type EventKind, emit } from '../events/events.ts';
import type { Home } from '../home.ts';
import type { RunItem } from './run.ts';

export const runIds = (run: RunItem) => ({
  namespace_id: run.namespace,
  pipeline_id: run.pipeline,
  run_id: run.number,
});

const tell = (home: Home, run: RunItem, word: string, time: number | undefined, kind: EventKind): Promise<void> =>
  emit(home, { time: time ?? home.now(), kind, key: `${run.uid}/${run.number}/${word}` });

export const tellQueued = (home: Home, run: RunItem) =>
  tell(home, run, 'queued', run.created, { queued_run: runIds(run) });

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
