/**
 * The one table, as far as the product needs it: single-item writes with conditions, and consistent reads.
 *
 * Conditions and changes are data, so that the same call runs against DynamoDB (`dynamo.ts`), against dynalite on one
 * machine, and in memory under simulation (`memory.ts`). There are no transactions: writers order their writes so that a
 * crash between any two is repaired by a retry or by the sweep.
 */
export type Key = { readonly pk: string; readonly sk: string };

/** Values as they are stored: JSON, and sets of strings or numbers (never empty: an emptied set is an absent attribute). */
export type Value =
  | string
  | number
  | boolean
  | null
  | Set<string>
  | Set<number>
  | readonly Value[]
  | { readonly [name: string]: Value | undefined };

/** An item as it is read; callers narrow it to one of the types in `items/`. */
export type Item = Key & { readonly [name: string]: Value | undefined };

/** A test on one item. Paths are attribute names, or `name.part` for a part of a map. */
export type Condition =
  | { readonly op: 'exists' | 'missing'; readonly path: string }
  | {
      readonly op: 'equals' | 'differs' | 'less' | 'atLeast' | 'contains';
      readonly path: string;
      readonly value: Value;
    }
  | { readonly op: 'sizeLess'; readonly path: string; readonly value: number }
  | { readonly op: 'all' | 'any'; readonly of: readonly Condition[] };

export const exists = (path: string): Condition => ({ op: 'exists', path });
export const missing = (path: string): Condition => ({ op: 'missing', path });
export const equals = (path: string, value: Value): Condition => ({ op: 'equals', path, value });
/** True also when the attribute is absent, as on DynamoDB. */
export const differs = (path: string, value: Value): Condition => ({ op: 'differs', path, value });
export const less = (path: string, value: number): Condition => ({ op: 'less', path, value });
export const atLeast = (path: string, value: number): Condition => ({ op: 'atLeast', path, value });
export const contains = (path: string, value: Value): Condition => ({ op: 'contains', path, value });
/** The set at `path` has fewer than `value` elements; false when the attribute is absent. */
export const sizeLess = (path: string, value: number): Condition => ({ op: 'sizeLess', path, value });
export const all = (...of: Condition[]): Condition => ({ op: 'all', of });
export const any = (...of: Condition[]): Condition => ({ op: 'any', of });

/** What an update does to an item. `undefined` in `set` is left out. */
export type Change = {
  /** Attributes to write. */
  readonly set?: { readonly [path: string]: Value | undefined };
  /** Attributes to take away. */
  readonly remove?: readonly string[];
  /** Numbers to add, or elements to put into a set (made when absent). */
  readonly add?: { readonly [name: string]: number | Set<string> | Set<number> };
  /** Elements to take out of a set. */
  readonly delete?: { readonly [name: string]: Set<string> | Set<number> };
};

/** A range of one partition, by sort key; both ends belong to it. */
export type Range = {
  readonly prefix?: string;
  readonly from?: string;
  readonly to?: string;
  /** At most this many items; default all. */
  readonly limit?: number;
  /** From the end. */
  readonly reverse?: boolean;
};

export interface Table {
  /** Reads consistently. */
  get(key: Key): Promise<Item | undefined>;
  /** Reads any number of items consistently, in the order of the keys; not as of one moment. */
  getMany(keys: readonly Key[]): Promise<(Item | undefined)[]>;
  /** Reads a range of a partition consistently, ordered by sort key. */
  query(pk: string, range?: Range): Promise<Item[]>;
  /** Keys of all items whose `sweep` attribute is `kind`: a sparse index, so it may lag behind by some seconds. */
  swept(kind: SweepKind): Promise<Key[]>;
  /** Replaces the item. `undefined`: the condition did not hold, nothing was written. */
  put(item: Item, condition?: Condition): Promise<Item | undefined>;
  /** Changes the item, and creates it when absent (unless the condition forbids it). Returns it as it is afterwards; `undefined`: the condition did not hold, nothing was written. */
  update(key: Key, change: Change, condition?: Condition): Promise<Item | undefined>;
  /** Removes the item. False: the condition did not hold. An absent item is removed already. */
  delete(key: Key, condition?: Condition): Promise<boolean>;
}

/** What the sweep looks after: items carry it in `sweep` as long as it must. */
export type SweepKind = 'run' | 'deployment' | 'schedule' | 'retirement' | 'content' | 'store';
