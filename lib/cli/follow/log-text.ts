/** A log line as it is printed: its task in front, nothing in it that could steer the terminal. */
import type { LogEvent } from '../../client/types.ts';
import type { Paint, Style } from '../terminal/style.ts';
import { harmless, pad } from '../terminal/text.ts';

/** `build │ `, each task in a colour of its own, padded to the longest id seen so far. */
export class Prefixes {
  readonly #paints: readonly Paint[];
  readonly #colours = new Map<string, Paint>();
  #width = 0;

  constructor({ cyan, magenta, blue, yellow, green }: Style) {
    this.#paints = [cyan, magenta, blue, yellow, green];
  }

  /** Widens the column beforehand, so that it doesn't move with each new task. */
  widen(ids: readonly string[]): void {
    this.#width = Math.max(this.#width, ...ids.map((id) => id.length));
  }

  of(task: string): string {
    this.widen([task]);
    let paint = this.#colours.get(task);
    if (!paint) {
      paint = this.#paints[this.#colours.size % this.#paints.length] ?? String;
      this.#colours.set(task, paint);
    }
    return paint(`${pad(task, this.#width)} │ `);
  }
}

/** The text of a line for a terminal, or as it was written for anything else. */
export function logText(line: LogEvent, options: { readonly isTTY: boolean; readonly timestamps?: boolean }): string {
  const text = options.isTTY ? harmless(line.text, true) : line.text;
  return options.timestamps ? `${new Date(line.time).toISOString()} ${text}` : text;
}
