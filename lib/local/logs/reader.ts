/** Reads one log file while it may still be written. Pulled by its consumer: one that stalls holds a buffer and no more. */
import { type FSWatcher, watch } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { LogLine } from '../../ports/logs.ts';
import { decode } from './record.ts';

const chunk = 32 * 1024;
/** Milliseconds between looks at a quiet log. A watch wakes the reader at once; this is for what no watch tells. */
const quiet = 500;
/** A log that isn't there can't be watched. */
const missing = 50;
/** Whether the log has ended costs a read of the table: it is asked as often as for a quiet log. */
const looksPerQuestion = quiet / missing;

export type ReadOptions = {
  /** Byte offset behind the last line that the reader has. */
  readonly from: number;
  readonly follow: boolean;
  readonly ended: () => Promise<boolean>;
  readonly signal?: AbortSignal;
};

/** Lines as many at a time as are there, at most about 32 KiB or one line. */
export async function* readBatches(path: string, options: ReadOptions): AsyncGenerator<LogLine[]> {
  const { follow, ended, signal } = options;
  await using file = await openWhenThere(path, options);
  if (!file) return;
  using bell = new Bell(follow ? path : undefined, signal);
  let offset = options.from;
  let buffer = Buffer.allocUnsafe(chunk);
  let over = false;
  while (!signal?.aborted) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
    const read = decode(buffer.subarray(0, bytesRead), offset);
    const grow = read.needed > buffer.length;
    // The lines given out live in the buffer: the next ones need a new one.
    if (read.used > 0 || grow) buffer = Buffer.allocUnsafe(Math.max(chunk, read.needed));
    offset += read.used;
    if (read.lines.length) yield read.lines;
    if (read.ended) return;
    if (read.used > 0 || grow) continue;
    if (over || !follow) return;
    if (await bell.rings(quiet)) continue;
    // Read once more after the end is known: the last lines may have come in between.
    over = (await ended()) || (await file.stat()).nlink === 0;
  }
}

async function openWhenThere(path: string, { follow, ended, signal }: ReadOptions): Promise<FileHandle | undefined> {
  using bell = new Bell(undefined, signal);
  let over = false;
  for (let looks = 1; !signal?.aborted; looks++) {
    try {
      return await open(path, 'r');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
    if (!follow || over) return undefined;
    over = looks % looksPerQuestion === 0 && (await ended());
    if (!over) await bell.rings(missing);
  }
  return undefined;
}

/** Wakes a waiting reader when the file changes or its signal aborts. */
class Bell {
  #rung = false;
  #wake: (() => void) | undefined;
  readonly #watcher: FSWatcher | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #ring = () => {
    this.#rung = true;
    this.#wake?.();
  };

  constructor(path: string | undefined, signal: AbortSignal | undefined) {
    this.#signal = signal;
    signal?.addEventListener('abort', this.#ring);
    this.#watcher = path === undefined ? undefined : watchFile(path, this.#ring);
  }

  /** False when nothing rang for so many milliseconds. */
  async rings(milliseconds: number): Promise<boolean> {
    if (!this.#rung) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = resolve;
      await promise;
      clearTimeout(timer);
      this.#wake = undefined;
    }
    const rung = this.#rung;
    this.#rung = false;
    return rung;
  }

  [Symbol.dispose]() {
    this.#watcher?.close();
    this.#signal?.removeEventListener('abort', this.#ring);
  }
}

/** A system that has no watch left to give still has its logs followed, by the regular look. */
function watchFile(path: string, ring: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, ring);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
