/** Log lines as users see them: without what nobody but the container may see. */
import { withoutSecrets } from '../access/secret.ts';
import type { LogLine, LogReading, LogStream, Logs } from '../ports/logs.ts';
import { Masker, type Masks } from './mask.ts';

/** What a log must not show. */
export type Hidden = {
  readonly masks: Masks;
  /** Containers have tokens that nobody keeps. */
  readonly tokens?: boolean;
};

/** For the lines of one stream, in their order. */
export type MaskLine = (line: LogLine) => LogLine;

/**
 * The lines of a stream. What goes on from one line to the next is taken out of a reading that begins between them too.
 * `find` is called when a container has begun to write: its secrets are those of its start, not of its request.
 */
export async function* readMasked(
  logs: Logs,
  stream: LogStream,
  reading: LogReading,
  find: () => Promise<Hidden>,
): AsyncGenerator<LogLine> {
  const hidden = reading.after === undefined ? undefined : await find();
  let mask = hidden && maskLines(hidden);
  // Where nothing is hidden, nothing is read twice.
  const past = hidden && !hidden.masks.isEmpty && { past: (line: LogLine) => void mask?.(line) };
  for await (const line of logs.read(stream, { ...reading, ...past })) {
    mask ??= maskLines(await find());
    yield mask(line);
  }
}

export function maskLines({ masks, tokens = false }: Hidden): MaskLine {
  const shown = tokens ? withoutTokens : asItIs;
  if (masks.isEmpty) return shown;
  const maskers = { stdout: new Masker(masks), stderr: new Masker(masks) };
  return (line) => {
    const data = maskers[line.source].mask(line.data);
    return shown(data === line.data ? line : { ...line, data });
  };
}

const asItIs: MaskLine = (line) => line;

/** They are known by what they look like. */
function withoutTokens(line: LogLine): LogLine {
  const text = Buffer.from(line.data).toString('latin1');
  const shown = withoutSecrets(text);
  return shown === text ? line : { ...line, data: Buffer.from(shown, 'latin1') };
}
