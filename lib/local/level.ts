/**
 * LevelDB, under dynalite, without most of its trips to a thread and back. A trip takes twenty times as long as the work
 * itself, and far longer while containers keep the processors busy.
 */
import { ClassicLevel } from 'classic-level';

type Write =
  | { readonly type: 'put'; readonly key: unknown; readonly value: unknown }
  | { readonly type: 'del'; readonly key: unknown };

/** What abstract-level asks of a database, as far as it is answered here; one object is one database. */
type Level = {
  _get(key: unknown, options: unknown): Promise<unknown>;
  _getSync(key: unknown, options: unknown): unknown;
  _put(key: unknown, value: unknown, options: unknown): Promise<void>;
  _del(key: unknown, options: unknown): Promise<void>;
  _batch(writes: readonly Write[], options: object): Promise<void>;
};

type Waiting = { writes: Write[]; done: Promise<void> };

/** Writes of the next trip, a database each; absent: none are waiting. */
const waiting = new WeakMap<Level, Waiting>();
const underWay = new WeakMap<Level, Promise<unknown>>();

/** Reads are answered at once, from memory or the page cache. Writes that come while others are under way go together. */
export function takeFewerTrips(): void {
  const level = ClassicLevel.prototype as unknown as Level;
  level._get = async function (key, options) {
    return this._getSync(key, options);
  };
  level._put = function (key, value) {
    return write(this, { type: 'put', key, value });
  };
  level._del = function (key) {
    return write(this, { type: 'del', key });
  };
}

/** Resolves when it is as safe as LevelDB makes it: a batch is written as a whole, in the order of its writes. */
function write(level: Level, one: Write): Promise<void> {
  const next = waiting.get(level);
  if (next) {
    next.writes.push(one);
    return next.done;
  }
  const writes = [one];
  const done = (underWay.get(level) ?? Promise.resolve()).then(() => {
    waiting.delete(level);
    const trip = level._batch(writes, {});
    underWay.set(
      level,
      trip.catch(() => undefined),
    );
    return trip;
  });
  waiting.set(level, { writes, done });
  return done;
}
