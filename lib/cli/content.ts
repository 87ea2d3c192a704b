/** Contents of objects on their way between files, standard streams and the API: never in memory as a whole. */
import { createWriteStream, openAsBlob } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UsageError } from './exit.ts';
import type { Io } from './io.ts';

/** Hands on what is in the file, or what comes on standard input (`-`): how much that is has to be known before it is sent. */
export async function contentOf<T>(io: Io, file: string, use: (content: Blob) => Promise<T>): Promise<T> {
  if (file !== '-') return use(await open(resolve(io.cwd, file), file));
  const folder = await mkdtemp(join(tmpdir(), 'gofer-object-'));
  try {
    const path = join(folder, 'content');
    await pipeline(io.stdin, createWriteStream(path, { mode: 0o600 }));
    return await use(await openAsBlob(path));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function open(path: string, file: string): Promise<Blob> {
  try {
    return await openAsBlob(path);
  } catch (error) {
    throw new UsageError(`file "${file}" can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Without a file it goes to standard output. A file is there as a whole or not at all. */
export async function saveTo(io: Io, file: string | undefined, { body }: Response): Promise<void> {
  const bytes = (body ?? []) as AsyncIterable<Uint8Array>;
  if (file === undefined) {
    for await (const chunk of bytes) await io.stdout.write(chunk);
    return;
  }
  const path = resolve(io.cwd, file);
  const part = `${path}.part`;
  try {
    await pipeline(bytes, createWriteStream(part));
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
