/** Writes one log file. Reopened after a crash it goes on behind the last whole record. */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { decode, Records } from './record.ts';

const chunk = 1024 * 1024;

export class LogWriter {
  readonly #file: FileHandle;
  #offset: number;
  /** Bytes to leave out, because the file has them already. */
  #skip = 0;

  private constructor(file: FileHandle, offset: number) {
    this.#file = file;
    this.#offset = offset;
  }

  /** `undefined`: the log is complete, nothing may be added. */
  static async open(path: string): Promise<LogWriter | undefined> {
    await mkdir(dirname(path), { recursive: true });
    const fresh = await create(path);
    if (fresh) return new LogWriter(fresh, 0);
    const file = await open(path, 'r+');
    const { size, ended } = await wholeRecords(file);
    if (ended) {
      await file.close();
      return undefined;
    }
    await file.truncate(size);
    return new LogWriter(file, size);
  }

  /** The same bytes come again from the beginning: those that are stored are not written twice. */
  restart() {
    this.#skip = this.#offset;
  }

  async write(records: Buffer): Promise<void> {
    const skipped = Math.min(this.#skip, records.length);
    this.#skip -= skipped;
    const bytes = records.subarray(skipped);
    for (let written = 0; written < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, written, bytes.length - written, this.#offset);
      written += bytesWritten;
      this.#offset += bytesWritten;
    }
  }

  /** Marks the log as ended: followers stop when they have read it all. */
  async end(time: number): Promise<void> {
    const records = new Records();
    records.end(time);
    this.#skip = 0;
    await this.write(records.take());
    await this.close();
  }

  /** Leaves the log open for the next writer. */
  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** `undefined`: it is there already. A new one has nothing to be read, and reading takes a large buffer. */
async function create(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'wx+');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return undefined;
    throw error;
  }
}

async function wholeRecords(file: FileHandle): Promise<{ size: number; ended: boolean }> {
  let buffer = Buffer.allocUnsafe(chunk);
  let size = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, size);
    const { used, needed, ended } = decode(buffer.subarray(0, bytesRead), size);
    size += used;
    if (ended) return { size, ended };
    if (used === 0) {
      if (needed <= buffer.length) return { size, ended };
      buffer = Buffer.allocUnsafe(needed);
    }
  }
}
