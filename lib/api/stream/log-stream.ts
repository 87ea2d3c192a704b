/** The log of a task as a stream, in the way its reader asked for. */
import { setTimeout } from 'node:timers/promises';
import type { Home } from '../../home.ts';
import { findLog, type LogRequest, readLog, type TaskLogLine } from '../../logs/follow.ts';
import type { TaskId } from '../../task/cancel.ts';
import { StreamAnswer, type wantedStream } from './answer.ts';
import { batched } from './batch.ts';
import { logBytes, logEvent, logMessages, type TextOptions } from './log-lines.ts';
import { sse, sseContentType } from './sse.ts';

/** A log that has not begun is looked for this often, in milliseconds. On AWS each look costs, and a container takes long. */
const lookEvery = { local: 250, aws: 2_000 };

export type LogStreamRequest = TaskId &
  TextOptions & {
    readonly as: ReturnType<typeof wantedStream>;
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
  const batches = (signal: AbortSignal) => batched(readLog(home, { ...request, signal }), { sizeOf });
  switch (as) {
    case 'websocket':
      return new StreamAnswer({ messages: (signal) => mapped(batches(signal), logMessages({ timestamps })) });
    case 'events':
      return new StreamAnswer({
        contentType: sseContentType,
        bytes: (signal) =>
          sse(
            mapped(batches(signal), (lines) => lines.map(logEvent)),
            signal,
          ),
      });
    case 'other':
      return new StreamAnswer({
        contentType: 'text/plain; charset=utf-8',
        bytes: (signal) => mapped(batches(signal), (lines) => logBytes(lines, { timestamps })),
      });
  }
}

/** A line costs more than its bytes: many empty ones must not add up unseen. */
const sizeOf = ({ data }: TaskLogLine) => data.byteLength + 200;

async function* mapped<T, U>(source: AsyncIterable<T>, map: (item: T) => U): AsyncGenerator<U> {
  for await (const item of source) yield map(item);
}
