/** Cuts what a task writes into lines of at most `maxLine` bytes, one output at a time. */
import { maxLine, type Records, type Source } from './record.ts';

const newline = 0x0a;

/** Collects one output's bytes until their newline comes. Whole lines pass through without being copied together. */
export class Lines {
  readonly #source: Source;
  readonly #records: Records;
  #parts: Uint8Array[] = [];
  #size = 0;
  #time = 0;

  constructor(source: Source, records: Records) {
    this.#source = source;
    this.#records = records;
  }

  /** The bytes came at `time`; a line has the time of its first bytes. */
  push(bytes: Buffer, time: number) {
    let start = 0;
    while (start < bytes.length) {
      const end = bytes.indexOf(newline, start);
      this.#part(bytes.subarray(start, end < 0 ? bytes.length : end), time, end >= 0);
      start = end < 0 ? bytes.length : end + 1;
    }
  }

  /** What is left is the last line: its output ended without a newline. */
  end() {
    if (this.#size > 0) this.#flush(true);
  }

  #part(bytes: Uint8Array, time: number, complete: boolean) {
    let rest = bytes;
    if (this.#size === 0) this.#time = time;
    // A line is cut at exactly `maxLine`, however its bytes came, so that reading an engine's log again gives the same records.
    while (this.#size + rest.length > maxLine) {
      const room = maxLine - this.#size;
      this.#keep(rest.subarray(0, room));
      rest = rest.subarray(room);
      this.#flush(false);
      this.#time = time;
    }
    if (complete && this.#size === 0) this.#records.line(this.#time, this.#source, rest, true);
    else {
      this.#keep(rest);
      if (complete) this.#flush(true);
    }
  }

  #keep(bytes: Uint8Array) {
    if (bytes.length === 0) return;
    // A copy: the memory of `bytes` is the reader's, who will use it again.
    this.#parts.push(Buffer.from(bytes));
    this.#size += bytes.length;
  }

  #flush(complete: boolean) {
    this.#records.line(this.#time, this.#source, Buffer.concat(this.#parts), complete);
    this.#parts = [];
    this.#size = 0;
  }
}
