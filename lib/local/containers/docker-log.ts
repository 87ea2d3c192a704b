/**
 * Docker's log stream as records of a log file. Each frame has a header of 8 bytes (output, three zeros, length) and
 * holds `<RFC 3339 time> <bytes>`: a line with its newline, or 16 KiB of a longer one.
 */
import { Lines } from '../logs/lines.ts';
import { Records } from '../logs/record.ts';

const headerSize = 8;
const blank = 0x20;
const newline = Buffer.from('\n');

export class DockerLog {
  readonly #records = new Records();
  readonly #stdout = new Lines('stdout', this.#records);
  readonly #stderr = new Lines('stderr', this.#records);
  #rest: Buffer = Buffer.alloc(0);
  #last: Buffer | undefined;
  #second = '';
  #secondTime = 0;

  /** The records that these bytes complete. */
  feed(chunk: Buffer): Buffer {
    const bytes = this.#rest.length ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    while (bytes.length - at >= headerSize) {
      const end = at + headerSize + bytes.readUInt32BE(at + 4);
      if (end > bytes.length) break;
      const start = bytes.indexOf(blank, at + headerSize) + 1;
      const lines = bytes[at] === 2 ? this.#stderr : this.#stdout;
      // An empty frame is the newline of a line whose last 16 KiB were full.
      const text = start < end ? bytes.subarray(start, end) : newline;
      lines.push(text, this.#time(bytes, at + headerSize));
      this.#last = bytes.subarray(at, end);
      at = end;
    }
    this.#rest = bytes.subarray(at);
    return this.#records.take();
  }

  /**
   * What the end of the log, as Docker's file has it, holds behind the last frame that came. `undefined`: that frame is
   * not in it, so nobody knows what lies between. `whole`: the end is all there is.
   */
  catchUp(end: Buffer, whole: boolean): Buffer | undefined {
    // Its time in nanoseconds makes a frame unique.
    const last = this.#last === undefined ? -1 : end.lastIndexOf(this.#last);
    if (this.#last === undefined ? !whole : last < 0) return undefined;
    this.#rest = Buffer.alloc(0);
    return this.feed(this.#last === undefined ? end : end.subarray(last + this.#last.length));
  }

  /** The last lines, when the container has ended without a newline. */
  end(): Buffer {
    this.#stdout.end();
    this.#stderr.end();
    return this.#records.take();
  }

  /** Most lines fall into the second of the one before: the date is parsed once for all of them. */
  #time(bytes: Buffer, at: number): number {
    const second = bytes.toString('latin1', at, at + 19);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondTime = Date.parse(`${second}Z`);
    }
    return this.#secondTime + Number(bytes.toString('latin1', at + 20, at + 23));
  }
}

/** How many frames these bytes are. */
export function countFrames(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; bytes.length - at >= headerSize; at += headerSize + bytes.readUInt32BE(at + 4)) count++;
  return count;
}
