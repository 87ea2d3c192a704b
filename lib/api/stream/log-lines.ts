/** Log lines in the three ways that clients read them. */
import { isUtf8 } from 'node:buffer';
import type { TaskLogLine } from '../../logs/follow.ts';
import type { LogLine } from '../../ports/logs.ts';
import type { ServerSentEvent } from './sse.ts';

/** What `data:` of a log's Server-Sent Event holds, as JSON. */
export type LogEvent = {
  /** Epoch milliseconds at which the line was written. */
  readonly time: number;
  readonly source: 'stdout' | 'stderr';
  /** The line without its newline; bytes that aren't UTF-8 are replaced. */
  readonly text: string;
  /** The line's exact bytes, when they aren't UTF-8. */
  readonly base64?: string;
  /** The next event continues this line: it was too long for one. */
  readonly partial?: true;
};

/** What `data:` of an event of a run's logs holds, as JSON. */
export type RunLogEvent = {
  /** In order for each task. */
  readonly lines: readonly (LogEvent & { readonly task: string; readonly attempt: number })[];
  /** Tasks of which nothing more will come. */
  readonly ended: readonly string[];
};

export const logEvent = (line: TaskLogLine): ServerSentEvent => ({ id: line.id, data: JSON.stringify(lineView(line)) });

export function lineView({ time, source, data, complete }: LogLine): LogEvent {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return {
    time,
    source,
    text: bytes.toString(),
    ...(!isUtf8(data) && { base64: bytes.toString('base64') }),
    ...(!complete && { partial: true }),
  };
}

export type TextOptions = { readonly timestamps: boolean };

const newline = Buffer.from('\n');

/** The log as it was written: exact bytes, in one buffer. */
export function logBytes(lines: readonly LogLine[], { timestamps }: TextOptions): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { time, data, complete } of lines) {
    if (timestamps) parts.push(Buffer.from(`${new Date(time).toISOString()} `));
    parts.push(data);
    if (complete) parts.push(newline);
  }
  return Buffer.concat(parts);
}

/** One text a line, newline kept. A character that two pieces of a long line share comes with the second. */
export function logMessages({ timestamps }: TextOptions): (lines: readonly LogLine[]) => string[] {
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  return (lines) =>
    lines.map(({ time, source, data, complete }) => {
      const text = decoders[source].decode(data, { stream: !complete });
      return `${timestamps ? `${new Date(time).toISOString()} ` : ''}${text}${complete ? '\n' : ''}`;
    });
}
