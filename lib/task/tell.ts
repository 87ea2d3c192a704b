/** What is told of a task of a run, as events. Each has a time that the row holds, so telling it again changes nothing. */
import { type EventKind, emit } from '../events/events.ts';
import type { Home } from '../home.ts';
import type { RunItem } from '../run/run.ts';
import { runIds } from '../run/tell.ts';
import type { TaskItem } from './task.ts';

type Of = { readonly run: RunItem; readonly task: string };

const idsOf = ({ run, task }: Of) => ({ ...runIds(run), task_execution_id: task });

const tell = (home: Home, of: Of, word: string, time: number | undefined, kind: EventKind): Promise<void> =>
  emit(home, { time: time ?? home.now(), kind, key: `${of.run.uid}/${of.run.number}/${of.task}/${word}` });

export const tellCreated = (home: Home, of: Of, row: TaskItem) =>
  tell(home, of, 'created', row.created, { created_task_execution: idsOf(of) });

/** `time`: when its first container began to run. */
export const tellStarted = (home: Home, of: Of, time: number) =>
  tell(home, of, 'started', time, { started_task_execution: idsOf(of) });

/** `timeout`: seconds between SIGTERM and SIGKILL. */
export const tellCancelling = (home: Home, of: Of, row: TaskItem, timeout: number) =>
  tell(home, of, 'cancelling', row.cancelled_at, {
    started_task_execution_cancellation: { ...idsOf(of), timeout },
  });

export const tellCompleted = (home: Home, of: Of, row: TaskItem) =>
  tell(home, of, 'completed', row.ended, {
    completed_task_execution: { ...idsOf(of), status: row.status ?? 'unknown' },
  });
