/**
 * Numbers of a pipeline's runs, as one process gives them out: at once and one after another, so that its starts neither
 * lose numbers to each other nor wait for each other's writes. Between processes the conditional writes alone decide.
 */
import { remembered } from '../store/remembered.ts';
import type { Table } from '../store/table.ts';

const pipelinesOf = remembered<Numbers>();

/** Those of the pipeline with this uid, in this process. */
export function numbersOf(table: Table, uid: string): Numbers {
  const here = pipelinesOf(table);
  const numbers = here.get(uid) ?? new Numbers();
  here.set(uid, numbers);
  return numbers;
}

const silent = () => undefined;

export class Numbers {
  /** The newest number as far as this process knows. Others may have taken more, which the conditional write notices. */
  last: number | undefined;
  /** Ends when every turn so far has ended, and when every one of those taken alone has. */
  #all: Promise<unknown> = Promise.resolve();
  #alone: Promise<unknown> = Promise.resolve();
  readonly #inFlight = new Set<number>();
  readonly #looks = new Set<{ lowest: number }>();

  /**
   * Writes under the next number, side by side with others. It answers when all earlier ones have ended, so whoever hears
   * of a number can rely on those before it. `undefined`: the next number isn't known here, or `write` was.
   */
  async beside<T>(write: (number: number) => Promise<T | undefined>): Promise<T | undefined> {
    const earlier = this.#all;
    const mine = this.#alone.then(() => {
      if (this.last === undefined) return undefined;
      this.last += 1;
      return this.#during(this.last, write);
    });
    this.#all = Promise.all([earlier, mine.catch(silent)]);
    try {
      return await mine;
    } finally {
      await earlier;
    }
  }

  /** Works when all earlier ones have ended and before any later one begins. It keeps `last` itself. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#all.then(work);
    this.#all = mine.catch(silent);
    this.#alone = this.#all;
    return mine;
  }

  /**
   * Reads rows while others may be on their way. Of what was read only numbers below `settled` can be relied on: one above
   * may be there while one before it is still to come.
   */
  async look<T>(read: () => Promise<T>): Promise<{ readonly found: T; readonly settled: number }> {
    const look = { lowest: Math.min(...this.#inFlight, Number.POSITIVE_INFINITY) };
    this.#looks.add(look);
    try {
      return { found: await read(), settled: look.lowest };
    } finally {
      this.#looks.delete(look);
    }
  }

  async #during<T>(number: number, write: (number: number) => Promise<T | undefined>): Promise<T | undefined> {
    this.#inFlight.add(number);
    for (const look of this.#looks) look.lowest = Math.min(look.lowest, number);
    let written: T | undefined;
    try {
      written = await write(number);
      return written;
    } finally {
      this.#inFlight.delete(number);
      // Somebody else has it, or nobody: whoever comes next looks what is there.
      if (written === undefined) this.last = undefined;
    }
  }
}
