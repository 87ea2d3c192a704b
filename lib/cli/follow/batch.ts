/** Collects text and writes it in one piece: fifty thousand lines a second must not be as many writes. */
import type { Sink } from '../io.ts';

const most = 64 * 1024;

export class Batch {
  readonly #sink: Sink;
  #parts: string[] = [];
  #size = 0;
  #writing: Promise<void> | undefined;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Resolves at once while little is waiting, else when the sink has taken it: a slow reader slows the source. */
  add(text: string): Promise<void> | void {
    this.#parts.push(text);
    this.#size += text.length;
    this.#writing ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.#write());
    if (this.#size >= most) return this.#writing;
  }

  async flush(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  async #write(): Promise<void> {
    try {
      while (this.#parts.length) {
        const text = this.#parts.join('');
        this.#parts = [];
        this.#size = 0;
        await this.#sink.write(text);
      }
    } finally {
      this.#writing = undefined;
    }
  }
}
