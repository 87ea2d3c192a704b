/** The log of an extension as a stream: of its newest start, in the way its reader asked for. */
import { hostOf } from '../../extension/extensions.ts';
import { masksOf } from '../../extension/secrets.ts';
import type { Home } from '../../home.ts';
import { Masker } from '../../logs/mask.ts';
import type { LogLine } from '../../ports/logs.ts';
import type { ExtensionItem } from '../../store/items.ts';
import { StreamAnswer, type wantedStream } from './answer.ts';
import { batched } from './batch.ts';
import { lineView, logBytes, logMessages, type TextOptions } from './log-lines.ts';
import { sse, sseContentType } from './sse.ts';

export type ExtensionLogRequest = TextOptions & {
  readonly extension: ExtensionItem;
  readonly as: ReturnType<typeof wantedStream>;
  /** Id of the last line that the client has: `<launch>.<line>`. */
  readonly after?: string;
};

/** The stream ends with the extension: one that is started again has a new log. */
export async function openExtensionLog(home: Home, request: ExtensionLogRequest): Promise<StreamAnswer> {
  const { extension, as, timestamps } = request;
  const { id } = extension;
  const host = hostOf(home);
  const stream = await host.log(id);
  const masks = await masksOf(home, extension);
  async function* lines(signal: AbortSignal): AsyncGenerator<LogLine> {
    if (!stream) return;
    const [launch, line] = request.after?.split('.') ?? [];
    const after = line !== undefined && Number(launch) === stream.launch ? { after: line } : {};
    const ended = async () => host.sight(id)?.state !== 'running';
    const maskers = { stdout: new Masker(masks), stderr: new Masker(masks) };
    for await (const each of home.logs.read(stream, { follow: as !== 'other', ended, signal, ...after }))
      yield { ...each, data: maskers[each.source].mask(each.data), id: `${stream.launch}.${each.id}` };
  }
  const batches = (signal: AbortSignal) => batched(lines(signal), { sizeOf });
  switch (as) {
    case 'websocket':
      return new StreamAnswer({ messages: (signal) => mapped(batches(signal), logMessages({ timestamps })) });
    case 'events':
      return new StreamAnswer({
        contentType: sseContentType,
        bytes: (signal) => sse(mapped(batches(signal), serverSent), signal),
      });
    case 'other':
      return new StreamAnswer({
        contentType: 'text/plain; charset=utf-8',
        bytes: (signal) => mapped(batches(signal), (batch) => logBytes(batch, { timestamps })),
      });
  }
}

const serverSent = (lines: readonly LogLine[]) =>
  lines.map((line) => ({ id: line.id, data: JSON.stringify(lineView(line)) }));

/** A line costs more than its bytes: many empty ones must not add up unseen. */
const sizeOf = ({ data }: LogLine) => data.byteLength + 200;

async function* mapped<T, U>(source: AsyncIterable<T>, map: (item: T) => U): AsyncGenerator<U> {
  for await (const item of source) yield map(item);
}
