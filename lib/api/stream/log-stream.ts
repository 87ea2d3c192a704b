/** The log of a task as a stream, in the way its reader asked for. */
import { setTimeout } from 'node:timers/promises';
import type { Home } from '../../home.ts';
import { findLog, type LogRequest, readLog } from '../../logs/follow.ts';
import type { TaskId } from '../../task/cancel.ts';
import type { StreamAnswer } from './answer.ts';
import { type LogAnswerOptions, logAnswer } from './log-answer.ts';

/** A log that has not begun is looked for this often, in milliseconds. On AWS each look costs, and a container takes long. */
const lookEvery = { local: 250, aws: 2_000 };

export type LogStreamRequest = TaskId &
  LogAnswerOptions & {
    readonly attempt?: number;
    readonly after?: string;
  };

/** Throws, before anything is sent, what can be known to be wrong. */
export async function openLogStream(
  home: Home,
  { as, timestamps, ...wanted }: LogStreamRequest,
): Promise<StreamAnswer> {
  const pause = (signal?: AbortSignal) =>
    setTimeout(lookEvery[home.settings.kind], undefined, { signal }).catch(() => undefined);
  const request: LogRequest = { ...wanted, follow: as !== 'other', pause };
  await findLog(home, request);
  return logAnswer((signal) => readLog(home, { ...request, signal }), { as, timestamps });
}
