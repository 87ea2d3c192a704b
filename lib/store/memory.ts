/** The table in memory: the same semantics as `dynamo.ts`, for simulation and tests. Every operation is atomic. */
import { isDeepStrictEqual } from 'node:util';
import type { Change, Condition, Item, Key, Table, Value } from './table.ts';

type Row = { [name: string]: Value | undefined };

export function createMemoryTable(): Table & { readonly partitions: ReadonlyMap<string, ReadonlyMap<string, Item>> } {
  const partitions = new Map<string, Map<string, Item>>();
  const find = (key: Key) => partitions.get(key.pk)?.get(key.sk);
  const store = (key: Key, row: Row): Item => {
    const item = { ...withoutUndefined(row), pk: key.pk, sk: key.sk };
    const partition = partitions.get(key.pk) ?? new Map<string, Item>();
    partitions.set(key.pk, partition.set(key.sk, item));
    return structuredClone(item);
  };
  const read = (item: Item | undefined) => structuredClone(item);

  return {
    partitions,
    get: async (key) => read(find(key)),
    getMany: async (keys) => keys.map((key) => read(find(key))),
    async query(pk, range = {}) {
      const { prefix = '', from = prefix, to, limit, reverse } = range;
      const items = [...(partitions.get(pk)?.values() ?? [])]
        .filter(({ sk }) => sk.startsWith(prefix) && sk >= from && (to === undefined || sk <= to))
        .sort((a, b) => (a.sk < b.sk ? -1 : 1));
      if (reverse) items.reverse();
      return structuredClone(items.slice(0, limit));
    },
    async swept(kind) {
      const all = [...partitions.values()].flatMap((partition) => [...partition.values()]);
      return all.filter((item) => item['sweep'] === kind).map(({ pk, sk }) => ({ pk, sk }));
    },
    async put(item, condition) {
      return holds(condition, find(item)) ? store(item, structuredClone(item)) : undefined;
    },
    async update(key, change, condition) {
      const item = find(key);
      return holds(condition, item)
        ? store(key, changed(structuredClone(item ?? {}), structuredClone(change)))
        : undefined;
    },
    async delete(key, condition) {
      if (!holds(condition, find(key))) return false;
      partitions.get(key.pk)?.delete(key.sk);
      return true;
    },
  };
}

function changed(row: Row, change: Change): Row {
  for (const [name, value] of Object.entries(change.set ?? {})) if (value !== undefined) row[name] = value;
  for (const name of change.remove ?? []) row[name] = undefined;
  for (const [name, value] of Object.entries(change.add ?? {})) {
    const before = row[name];
    row[name] =
      typeof value === 'number' ? (typeof before === 'number' ? before : 0) + value : joined(elements(before), value);
  }
  for (const [name, value] of Object.entries(change.delete ?? {})) {
    const left = elements(row[name]).filter((element) => !elements(value).includes(element));
    row[name] = left.length ? joined([], left) : undefined;
  }
  return row;
}

const elements = (value: Value | undefined): (string | number)[] => (value instanceof Set ? [...value] : []);
const joined = (before: (string | number)[], more: Iterable<string | number>) =>
  new Set([...before, ...more]) as Set<string> | Set<number>;

const withoutUndefined = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));

export function holds(condition: Condition | undefined, item: Item | undefined): boolean {
  if (!condition) return true;
  if ('of' in condition) {
    const holdsOn = (part: Condition) => holds(part, item);
    return condition.op === 'all' ? condition.of.every(holdsOn) : condition.of.some(holdsOn);
  }
  const value = at(item, condition.path);
  switch (condition.op) {
    case 'exists':
      return value !== undefined;
    case 'missing':
      return value === undefined;
    case 'equals':
      return value !== undefined && isDeepStrictEqual(value, condition.value);
    case 'differs':
      return !isDeepStrictEqual(value, condition.value);
    case 'less':
      return ordered(value, condition.value, (a, b) => a < b);
    case 'atLeast':
      return ordered(value, condition.value, (a, b) => a >= b);
    case 'contains':
      return value instanceof Set && elements(value).some((element) => element === condition.value);
    case 'sizeLess':
      return value instanceof Set && value.size < condition.value;
  }
}

function ordered(a: Value | undefined, b: Value, test: (a: string | number, b: string | number) => boolean): boolean {
  if (typeof a === 'number' && typeof b === 'number') return test(a, b);
  return typeof a === 'string' && typeof b === 'string' && test(a, b);
}

function at(item: Item | undefined, path: string): Value | undefined {
  const [name = '', part] = path.split('.');
  const value = item?.[name];
  if (part === undefined) return value;
  return isMap(value) ? value[part] : undefined;
}

const isMap = (value: Value | undefined): value is { readonly [name: string]: Value | undefined } =>
  typeof value === 'object' && value !== null && !(value instanceof Set) && !Array.isArray(value);
