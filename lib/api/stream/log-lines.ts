/** Log lines in the three ways that clients read them. */
import { isUtf8 } from 'node:buffer';
import type { LogLine } from '../../ports/logs.ts';
import type { LogEvent } from './log-event.ts';
import type { ServerSentEvent } from './sse.ts';

export const logEvents = (lines: readonly LogLine[]): ServerSentEvent[] =>
  lines.map((line) => ({ id: line.id, data: JSON.stringify(lineView(line)) }));

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
