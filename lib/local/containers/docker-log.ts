/**
 * Docker's log stream as records of a log file. Each frame has a header of 8 bytes (output, three zeros, length) and
 * holds `<RFC 3339 time> <bytes>`: a line with its newline, or 16 KiB of a longer one.
 */
import { Lines } from '../logs/lines.ts';
import { Records } from '../logs/record.ts';

const headerSize = 8;
const blank = 0x20;

export class DockerLog {
  readonly #records = new Records();
  readonly #stdout = new Lines('stdout', this.#records);
  readonly #stderr = new Lines('stderr', this.#records);
  #rest: Buffer = Buffer.alloc(0);
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
      lines.push(bytes.subarray(start, end), this.#time(bytes, at + headerSize));
      at = end;
    }
    this.#rest = bytes.subarray(at);
    return this.#records.take();
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
