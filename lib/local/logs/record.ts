/**
 * A log file is a sequence of records, each a header of 11 bytes and the line's raw bytes:
 * length (4, little endian), flags (1), time in epoch milliseconds (6, little endian). A record with the `end` flag
 * closes the log. A crash may leave the last record torn; it counts only when all its bytes are there.
 */
import { InvalidError } from '../../errors.ts';
import type { LogLine } from '../../ports/logs.ts';

export type Source = LogLine['source'];

export const headerSize = 11;
/** Longer lines become several records. */
export const maxLine = 1024 * 1024;

const flags = { stderr: 1, complete: 2, end: 4 };

/** Most logs are short. Large buffers outside of its heap make V8 look for garbage in all of it. */
const firstBuffer = 2 * 1024;

/** Collects records into one buffer, to be written in one call. */
export class Records {
  #buffer = Buffer.allocUnsafe(firstBuffer);
  #used = 0;

  get size() {
    return this.#used;
  }

  line(time: number, source: Source, data: Uint8Array, complete: boolean) {
    this.#push(time, (source === 'stderr' ? flags.stderr : 0) | (complete ? flags.complete : 0), data);
  }

  end(time: number) {
    this.#push(time, flags.end, new Uint8Array());
  }

  /** The bytes so far. They are only good until the next record is added. */
  take(): Buffer {
    const bytes = this.#buffer.subarray(0, this.#used);
    this.#used = 0;
    return bytes;
  }

  #push(time: number, flag: number, data: Uint8Array) {
    const needed = this.#used + headerSize + data.length;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
      this.#buffer.copy(larger, 0, 0, this.#used);
      this.#buffer = larger;
    }
    this.#buffer.writeUInt32LE(data.length, this.#used);
    this.#buffer[this.#used + 4] = flag;
    this.#buffer.writeUIntLE(time, this.#used + 5, 6);
    this.#buffer.set(data, this.#used + headerSize);
    this.#used = needed;
  }
}

export type Decoded = {
  readonly lines: LogLine[];
  /** Bytes of whole records. */
  readonly used: number;
  /** Bytes that the record after them needs; 0: nothing of it is there. */
  readonly needed: number;
  readonly ended: boolean;
};

/** The whole records in `bytes`, which begin at `offset` of the file. Lines share the memory of `bytes`. */
export function decode(bytes: Buffer, offset: number): Decoded {
  const lines: LogLine[] = [];
  let used = 0;
  while (bytes.length - used >= headerSize) {
    const length = bytes.readUInt32LE(used);
    // A reader that resumes where no record begins finds lengths that can't be.
    if (length > maxLine) throw noLineAt(offset + used);
    const next = used + headerSize + length;
    if (next > bytes.length) return { lines, used, needed: headerSize + length, ended: false };
    const flag = bytes.readUInt8(used + 4);
    if (flag & flags.end) return { lines, used: next, needed: 0, ended: true };
    lines.push({
      id: String(offset + next),
      time: bytes.readUIntLE(used + 5, 6),
      source: flag & flags.stderr ? 'stderr' : 'stdout',
      data: bytes.subarray(used + headerSize, next),
      complete: (flag & flags.complete) !== 0,
    });
    used = next;
  }
  return { lines, used, needed: used < bytes.length ? headerSize : 0, ended: false };
}

export const noLineAt = (position: number): InvalidError =>
  new InvalidError(`no line of the log begins at position ${position}`);
