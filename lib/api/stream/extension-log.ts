/** The log of an extension as a stream: of its newest start, in the way its reader asked for. */
import { findExtension, hostOf } from '../../extension/extensions.ts';
import { masksOf } from '../../extension/secrets.ts';
import type { Home } from '../../home.ts';
import { readMasked } from '../../logs/masked.ts';
import type { LogLine } from '../../ports/logs.ts';
import type { ExtensionItem } from '../../store/items/extension.ts';
import type { StreamAnswer } from './answer.ts';
import { type LogAnswerOptions, logAnswer } from './log-answer.ts';

export type ExtensionLogRequest = LogAnswerOptions & {
  readonly extension: ExtensionItem;
  /** Id of the last line that the client has: `<launch>.<line>`. */
  readonly after?: string;
};

/** The stream ends with the extension: one that is started again has a new log. */
export async function openExtensionLog(home: Home, request: ExtensionLogRequest): Promise<StreamAnswer> {
  const { extension, as } = request;
  const { id } = extension;
  const host = hostOf(home);
  const stream = await host.log(extension);
  const masks = await masksOf(home, extension);
  async function* lines(signal: AbortSignal): AsyncGenerator<LogLine> {
    if (!stream) return;
    const [launch, line] = request.after?.split('.') ?? [];
    const after = line !== undefined && Number(launch) === stream.launch ? { after: line } : {};
    const ended = async () => {
      const now = await findExtension(home, id);
      const newest = now && (await host.log(now));
      return !now || newest?.launch !== stream.launch || host.sight(now)?.state !== 'running';
    };
    const reading = { follow: as !== 'other', ended, signal, ...after };
    for await (const each of readMasked(home.logs, stream, reading, async () => ({ masks, tokens: true })))
      yield { ...each, id: `${stream.launch}.${each.id}` };
  }
  return logAnswer(lines, request);
}
