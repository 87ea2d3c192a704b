/** The log of one task: what is there, or with `--follow` all that comes. */
import type { TaskRef } from '../../client/types.ts';
import { exit } from '../exit.ts';
import type { Session } from '../session.ts';
import { harmless } from '../terminal/text.ts';
import { Batch } from './batch.ts';
import { logText } from './log-text.ts';

export type TaskLogOptions = { readonly follow?: boolean; readonly attempt?: number; readonly timestamps?: boolean };

export async function readTaskLogs(session: Session, ref: TaskRef, options: TaskLogOptions): Promise<number> {
  const abort = new AbortController();
  const release = session.io.onInterrupt(() => abort.abort());
  const attempt = options.attempt === undefined ? {} : { attempt: options.attempt };
  try {
    if (options.follow || session.terminal.format === 'json')
      await follow(session, ref, { ...options, ...attempt, signal: abort.signal });
    else await print(session, ref, { ...attempt, timestamps: options.timestamps ?? false, signal: abort.signal });
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  } finally {
    release();
  }
  return abort.signal.aborted ? exit.interrupted : exit.ok;
}

type Reading = { readonly attempt?: number; readonly timestamps?: boolean; readonly signal: AbortSignal };

async function follow({ client, io, terminal }: Session, ref: TaskRef, reading: Reading): Promise<void> {
  const batch = new Batch(io.stdout);
  for await (const line of client.logs.follow(ref, reading)) {
    if (terminal.format === 'json') await batch.add(`${JSON.stringify({ task: ref.task, ...line })}\n`);
    else if (terminal.format === 'plain')
      await batch.add(
        logText(line, { isTTY: io.stdout.isTTY, timestamps: reading.timestamps ?? false }) + (line.partial ? '' : '\n'),
      );
  }
  await batch.flush();
}

/** Exactly the bytes that the task wrote, unless a terminal would act on them. */
async function print({ client, io, terminal }: Session, ref: TaskRef, reading: Reading): Promise<void> {
  const { body } = await client.logs.read(ref, { ...reading, timestamps: reading.timestamps ?? false });
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
