/** Number allocation in one process: starts of the same pipeline take turns, so that they don't lose numbers to each other. */
import type { Table } from '../store/table.ts';

/** `last`: the newest number as far as this process knows. Others may have taken more, which the conditional write notices. */
export type Counter = { last?: number | undefined };

type Turns = { readonly counter: Counter; tail: Promise<unknown> };

const pipelines = new WeakMap<Table, Map<string, Turns>>();

/** Runs `work` when all earlier ones of the same pipeline are done. */
export function inTurn<T>(table: Table, uid: string, work: (counter: Counter) => Promise<T>): Promise<T> {
  const here = pipelines.get(table) ?? new Map<string, Turns>();
  pipelines.set(table, here);
  const turns = here.get(uid) ?? { counter: {}, tail: Promise.resolve() };
  here.set(uid, turns);
  const mine = turns.tail.then(() => work(turns.counter));
  turns.tail = mine.catch(() => undefined);
  return mine;
}
