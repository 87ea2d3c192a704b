/** Log lines as an answer, in the way their reader asked for. */
import type { LogLine } from '../../ports/logs.ts';
import { StreamAnswer, type wantedStream } from './answer.ts';
import { batched } from './batch.ts';
import { logBytes, logEvents, logMessages, type TextOptions } from './log-lines.ts';
import { sse, sseContentType } from './sse.ts';

export type LogAnswerOptions = TextOptions & { readonly as: ReturnType<typeof wantedStream> };

/** `read`: the lines, until whoever reads them has gone. */
export function logAnswer(
  read: (signal: AbortSignal) => AsyncIterable<LogLine>,
  { as, timestamps }: LogAnswerOptions,
): StreamAnswer {
  const lines = <T>(signal: AbortSignal, write: (lines: readonly LogLine[]) => T) =>
    mapped(batched(read(signal), { sizeOf }), write);
  switch (as) {
    case 'websocket':
      return new StreamAnswer({ messages: (signal) => lines(signal, logMessages({ timestamps })) });
    case 'events':
      return new StreamAnswer({
        contentType: sseContentType,
        bytes: (signal) => sse(lines(signal, logEvents), signal),
      });
    case 'other':
      return new StreamAnswer({
        contentType: 'text/plain; charset=utf-8',
        bytes: (signal) => lines(signal, (batch) => logBytes(batch, { timestamps })),
      });
  }
}

/** A line costs more than its bytes: many empty ones must not add up unseen. */
const sizeOf = ({ data }: LogLine) => data.byteLength + 200;

async function* mapped<T, U>(source: AsyncIterable<T>, map: (item: T) => U): AsyncGenerator<U> {
  for await (const item of source) yield map(item);
}
