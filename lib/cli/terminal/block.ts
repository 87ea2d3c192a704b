/** Lines at the bottom of a terminal that are drawn anew in place, while others scroll away above them. */
import type { Sink } from '../io.ts';

/** Text above waits for the next drawing, unless it is more than this. */
const most = 64 * 1024;

export class Block {
  readonly #sink: Sink;
  #height = 0;
  #above: string[] = [];
  #size = 0;
  #drawing: Promise<void> | undefined;
  #last: readonly string[] = [];

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Whole lines that stay: printed above the block with the next drawing. */
  above(text: string): Promise<void> | void {
    this.#above.push(text);
    this.#size += text.length;
    if (this.#size >= most) return this.draw(this.#last);
  }

  /** A line must fit the terminal's width: one that wraps would be counted as one. */
  async draw(lines: readonly string[]): Promise<void> {
    this.#last = lines;
    // One drawing at a time: two that wait for a slow terminal would both move up over the same block.
    while (this.#drawing) await this.#drawing;
    this.#drawing = this.#write(this.#last).finally(() => {
      this.#drawing = undefined;
    });
    await this.#drawing;
  }

  /** Takes the block away; what was above stays. */
  async clear(): Promise<void> {
    await this.draw([]);
    await this.#sink.write('\x1b[?25h');
  }

  async #write(lines: readonly string[]): Promise<void> {
    const up = this.#height > 0 ? `\x1b[${this.#height}A` : '';
    const above = this.#above.join('');
    this.#above = [];
    this.#size = 0;
    this.#height = lines.length;
    // Synchronized output (?2026) and a hidden cursor: no flicker.
    await this.#sink.write(
      `\x1b[?2026h\x1b[?25l${up}\r\x1b[J${above}${lines.map((line) => `${line}\n`).join('')}\x1b[?2026l`,
    );
  }
}
