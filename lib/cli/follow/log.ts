/** One log, of a task or an extension: what is there, or with `--follow` all that comes. */
import type { LogEvent } from '../../client/types.ts';
import { exit } from '../exit.ts';
import type { Session } from '../session.ts';
import { harmless } from '../terminal/text.ts';
import { Batch } from './batch.ts';
import { logText } from './log-text.ts';

export type LogSource = {
  /** Stands in each line of JSON: `{ task: 'build' }`. */
  readonly about: Readonly<Record<string, string>>;
  readonly follow: (signal: AbortSignal) => AsyncIterable<LogEvent>;
  readonly read: (reading: { readonly timestamps: boolean; readonly signal: AbortSignal }) => Promise<Response>;
};

export type LogOptions = { readonly follow?: boolean; readonly timestamps?: boolean };

export async function readLog(session: Session, source: LogSource, options: LogOptions): Promise<number> {
  const abort = new AbortController();
  const { signal } = abort;
  const release = session.io.onInterrupt(() => abort.abort());
  const reading = { timestamps: options.timestamps ?? false, signal };
  try {
    if (options.follow || session.terminal.format === 'json') await follow(session, source, reading);
    else await print(session, source, reading);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    release();
  }
  return signal.aborted ? exit.interrupted : exit.ok;
}

type Reading = { readonly timestamps: boolean; readonly signal: AbortSignal };

async function follow({ io, terminal }: Session, source: LogSource, { timestamps, signal }: Reading): Promise<void> {
  const batch = new Batch(io.stdout);
  for await (const line of source.follow(signal)) {
    if (terminal.format === 'json') await batch.add(`${JSON.stringify({ ...source.about, ...line })}\n`);
    else if (terminal.format === 'plain')
      await batch.add(logText(line, { isTTY: io.stdout.isTTY, timestamps }) + (line.partial ? '' : '\n'));
  }
  await batch.flush();
}

/** Exactly the bytes that were written, unless a terminal would act on them. */
async function print({ io, terminal }: Session, source: LogSource, reading: Reading): Promise<void> {
  const { body } = await source.read(reading);
  if (!body || terminal.format === 'silent') return;
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    if (!io.stdout.isTTY) {
      await io.stdout.write(chunk);
      continue;
    }
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    await io.stdout.write(lines.map((line) => `${harmless(line, true)}\n`).join(''));
  }
  if (rest) await io.stdout.write(`${harmless(rest, true)}\n`);
}
