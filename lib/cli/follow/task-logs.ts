/** The log of one task. */
import type { TaskRef } from '../../client/types.ts';
import type { Session } from '../session.ts';
import { type LogOptions, readLog } from './log.ts';

export type TaskLogOptions = LogOptions & { readonly attempt?: number };

export function readTaskLogs(session: Session, ref: TaskRef, options: TaskLogOptions): Promise<number> {
  const { logs } = session.client;
  const attempt = options.attempt === undefined ? {} : { attempt: options.attempt };
  const source = {
    about: { task: ref.task },
    follow: (signal: AbortSignal) => logs.follow(ref, { ...attempt, signal }),
    read: (reading: { timestamps: boolean; signal: AbortSignal }) => logs.read(ref, { ...attempt, ...reading }),
  };
  return readLog(session, source, options);
}
