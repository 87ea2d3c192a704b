/** Modules of an order: sets of tasks that every task outside sees in the same way, and so may be treated as one task. */
import { add, addAll, type Bits, bitsOf, emptyBits, has, isEmpty, lowest, members, without, word } from './bits.ts';

/**
 * The connected components of `within`, each with its lowest number first found: neighbours are the tasks in its row, or
 * with `inverse` those that are not.
 */
export function components(within: Bits, rows: readonly Bits[], inverse: boolean): Bits[] {
  const rest = within.slice();
  const found: Bits[] = [];
  for (const start of members(within)) {
    if (!has(rest, start)) continue;
    const component = emptyBits(rows.length);
    const reached = [start];
    for (let next = reached.pop(); next !== undefined; next = reached.pop()) {
      add(component, next);
      const row = rows[next] ?? component;
      for (let w = 0; w < rest.length; w++) {
        const hits = (inverse ? ~word(row, w) : word(row, w)) & word(rest, w);
        rest[w] = word(rest, w) & ~hits;
        for (let bits = hits; bits !== 0; bits &= bits - 1) reached.push(w * 32 + lowest(bits));
      }
      rest[next >>> 5] = word(rest, next >>> 5) & ~(1 << (next & 31));
    }
    found.push(component);
  }
  return found;
}

/**
 * The largest modules below `within` when it is neither a series nor parallel. They are disjoint and cover it
 * (Gallai 1967), so the ones without a task v are the largest modules without v, and v's own is the largest without any
 * task of the others.
 */
export function largestModules(within: Bits, rows: readonly Bits[]): Bits[] {
  const [v = 0] = members(within);
  const others = modulesWithout(v, within, rows);
  const outsider = findOutsider(v, within, rows);
  const own = modulesWithout(outsider, within, rows).find((module) => has(module, v)) ?? within;
  return [own, ...others.filter((module) => isEmpty(intersection(module, own)))];
}

/** The largest modules of `within` that don't hold v: split until no task outside tells two tasks of a part apart. */
function modulesWithout(v: number, within: Bits, rows: readonly Bits[]): Bits[] {
  const found: Bits[] = [];
  const parts = [without(within, bitsOf(rows.length, [v]))];
  for (let part = parts.pop(); part; part = parts.pop()) {
    const judge = findJudge(part, within, rows);
    if (judge === undefined) {
      found.push(part);
    } else {
      const seen = intersection(part, rows[judge] ?? part);
      parts.push(without(part, seen), seen);
    }
  }
  return found;
}

/** A task outside of `part` that is comparable with some of its tasks, but not with all. */
function findJudge(part: Bits, within: Bits, rows: readonly Bits[]): number | undefined {
  const [first = 0, ...more] = members(part);
  const model = rows[first] ?? part;
  for (const n of more) {
    const row = rows[n] ?? part;
    for (let w = 0; w < row.length; w++) {
      const differences = (word(row, w) ^ word(model, w)) & word(within, w) & ~word(part, w);
      if (differences !== 0) return w * 32 + lowest(differences);
    }
  }
  return undefined;
}

/** A task that shares no module with v but the whole. */
function findOutsider(v: number, within: Bits, rows: readonly Bits[]): number {
  let module = bitsOf(rows.length, [v]);
  for (const candidate of members(within)) {
    if (has(module, candidate)) continue;
    const grown = closure(module, candidate, v, within, rows);
    if (isEmpty(without(within, grown))) return candidate;
    module = grown;
  }
  return v;
}

/** The smallest module that holds the module of v and one more task. */
function closure(module: Bits, more: number, v: number, within: Bits, rows: readonly Bits[]): Bits {
  const grown = module.slice();
  const model = rows[v] ?? module;
  const added = [more];
  add(grown, more);
  for (let n = added.pop(); n !== undefined; n = added.pop()) {
    const row = rows[n] ?? model;
    const fresh = row.map((value, w) => (value ^ word(model, w)) & word(within, w) & ~word(grown, w));
    addAll(grown, fresh);
    added.push(...members(fresh));
  }
  return grown;
}

const intersection = (a: Bits, b: Bits): Bits => a.map((value, w) => value & word(b, w));
