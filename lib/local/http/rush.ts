/**
 * A rush of requests on one machine. Somebody waits for each answer, and containers that start take the processors from
 * all of them: what follows an answer gives way while many wait, but not for long.
 */

/** Requests at once; a person and a few clients that poll are no rush. */
const many = 4;

/** Milliseconds without that many: clients that take turns leave gaps between their requests. */
const calmAfter = 25;

/** Milliseconds; a rush may go on for hours, and runs are to start all the same. */
const patience = 500;

export class Rush {
  #answering = 0;
  #calm: NodeJS.Timeout | undefined;
  #over: PromiseWithResolvers<void> | undefined;

  /** Counts a request while it is being answered. */
  async during<T>(answer: () => Promise<T>): Promise<T> {
    this.#answering += 1;
    if (this.#answering >= many) {
      this.#over ??= Promise.withResolvers();
      clearTimeout(this.#calm);
      this.#calm = undefined;
    }
    try {
      return await answer();
    } finally {
      this.#answering -= 1;
      if (this.#over && this.#answering < many) this.#calm ??= setTimeout(() => this.#end(), calmAfter);
    }
  }

  /** Waits for the end of the rush, half a second at most. Without one it is over at once. */
  async over(): Promise<void> {
    if (!this.#over) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, patience);
    await Promise.race([this.#over.promise, promise]);
    clearTimeout(timer);
  }

  #end(): void {
    this.#calm = undefined;
    this.#over?.resolve();
    this.#over = undefined;
  }
}
