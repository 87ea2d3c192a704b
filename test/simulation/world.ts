/** Virtual time, one seed, and processes that may be slow, crash or be killed at every call they make. */

/** A small seeded generator (mulberry32): the same seed, the same world. */
export function randomOf(seed: number): () => number {
  let state = (Math.imul(seed, 2654435761) + 12345) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

type Event = { readonly time: number; readonly order: number; readonly act: () => void };

/** Seconds of virtual time in which things go wrong; afterwards all must come right. */
export const troubled = 900;

/** A function's time limit, and the sweep's. */
const functionTimeout = 60;

export class World {
  now = 0;
  readonly random: () => number;
  readonly trace: string[] = [];
  readonly violations: string[] = [];
  readonly #events: Event[] = [];
  #order = 0;
  readonly #slowness: number;
  readonly #crashing: number;
  #tracing: boolean;
  /** Servers that were killed; a process dies with its server. */
  #killed = 0;
  /** The server is down: nothing starts. */
  down = false;

  constructor(seed: number, options: { crash: boolean; trace: boolean; slowness?: number }) {
    this.random = randomOf(seed);
    this.#tracing = options.trace;
    this.#slowness = this.pick([0.2, 1, 1, 3]) * (options.slowness ?? 1);
    this.#crashing = options.crash ? this.pick([0.002, 0.01, 0.03]) : 0;
  }

  chance = (p: number) => this.random() < p;
  below = (n: number) => Math.floor(this.random() * n);
  pick<T>(from: readonly T[]): T {
    const picked = from[this.below(from.length)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }
  get troubles() {
    return this.now < troubled;
  }

  log(...words: unknown[]): void {
    if (this.#tracing) this.trace.push(`${this.now.toFixed(1).padStart(7)} ${words.join(' ')}`);
  }

  violate(what: string): void {
    this.violations.push(what);
    this.log('!!!', what);
  }

  /** Calls `act` after `delay` virtual seconds. */
  after(delay: number, act: () => void): void {
    const event = { time: this.now + delay, order: this.#order++, act };
    // A binary heap, by time and then by order.
    let i = this.#events.push(event) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(event, this.#events[parent])) break;
      this.#events[i] = this.#events[parent] as Event;
      this.#events[parent] = event;
      i = parent;
    }
  }

  /** The same, unless the server has been killed by then. */
  afterUnlessKilled(delay: number, act: () => void): void {
    const server = this.#killed;
    this.after(delay, () => server === this.#killed && act());
  }

  sleep(seconds: number): Promise<void> {
    return new Promise((resolve) => this.after(seconds, resolve));
  }

  /** Lets events happen until none is left, `done` holds, or virtual time is over. */
  async run(until: number, done: () => boolean): Promise<void> {
    for (let steps = 0; ; steps++) {
      const event = this.#take();
      if (!event || event.time > until) return;
      this.now = event.time;
      event.act();
      await new Promise(setImmediate);
      if (this.violations.length) return;
      if (steps % 20 === 0 && !this.troubles && done()) return;
    }
  }

  #take(): Event | undefined {
    const events = this.#events;
    const first = events[0];
    const last = events.pop();
    if (first && last && events.length) {
      let i = 0;
      events[0] = last;
      for (;;) {
        const left = events[2 * i + 1];
        const right = events[2 * i + 2];
        const child = right && before(right, left) ? 2 * i + 2 : 2 * i + 1;
        const smaller = events[child];
        if (!smaller || !before(smaller, last)) break;
        events[i] = smaller;
        events[child] = last;
        i = child;
      }
    }
    return first;
  }

  /** How long one call takes: mostly little, now and then long. */
  #lag(): number {
    const lag = this.chance(0.75) ? this.random() * 0.4 : this.chance(0.7) ? this.random() * 4 : this.random() * 25;
    return lag * this.#slowness * (this.troubles ? 1 : 0.3);
  }

  /**
   * Runs `work` as a process of its own. Every call that it makes through `call` takes time, may fail although it was
   * carried out, and may be the last thing the process does.
   */
  spawn(
    name: string,
    work: (call: Call) => Promise<unknown>,
    ends: { done?: () => void; crashed?: () => void; killed?: () => void } = {},
  ): void {
    const born = this.now;
    const server = this.#killed;
    let alive = true;
    const die = (how: string) => {
      alive = false;
      this.log(how, name);
      ends.crashed?.();
    };
    const killed = () => {
      alive = false;
      ends.killed?.();
    };
    const call: Call = (operation) =>
      new Promise((resolve, reject) => {
        this.after(this.#lag(), () => {
          if (!alive) return;
          if (server !== this.#killed) return killed();
          if (this.troubles && this.chance(this.#crashing)) return die('CRASH');
          if (this.now - born > functionTimeout && !name.startsWith('sweep')) return die('TIMEOUT');
          const ambiguous = this.troubles && this.chance(this.#crashing / 2);
          operation().then((value) => {
            if (ambiguous) reject(new Error('the call was carried out, its answer was lost'));
            else resolve(value);
          }, reject);
        });
      });
    this.after(this.#lag(), () => {
      if (this.down || server !== this.#killed) return killed();
      work(call).then(
        () => alive && ends.done?.(),
        (error: unknown) => {
          if (!alive) return;
          if (isMistake(error)) throw error;
          die(`FAILED (${error instanceof Error ? error.message : String(error)})`);
        },
      );
    });
  }

  /** The server is killed, with every process in it. */
  kill(): void {
    this.log('KILLED');
    this.#killed++;
    this.down = true;
  }

  /** An asynchronous invocation: tried three times in all. */
  deliver(name: string, work: (call: Call) => Promise<unknown>, tries = 2): void {
    const crashed = () => {
      if (tries > 0) this.afterUnlessKilled(60 * (3 - tries), () => this.deliver(name, work, tries - 1));
      else this.log('GAVE UP', name);
    };
    this.spawn(name, work, { crashed });
  }
}

/** An error in the product itself: nothing that the world did to it. */
export const isMistake = (error: unknown) =>
  error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;

export type Call = <T>(operation: () => Promise<T>) => Promise<T>;

const before = (a: Event, b: Event | undefined) => !b || a.time < b.time || (a.time === b.time && a.order < b.order);
