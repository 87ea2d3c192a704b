/** A secret: its row in the table and its value in the store, which change together or not at all. */
import { setTimeout } from 'node:timers/promises';
import { ConflictError, NotFoundError } from '../errors.ts';
import type { Home } from '../home.ts';
import type { SecretItem } from '../store/items/secret.ts';
import { all, any, type Condition, equals, exists, type Key, less, missing } from '../store/table.ts';

/** A secret as it is addressed: its row, its name in the store, and how people call it. */
export type SecretAddress = {
  readonly row: Key;
  readonly name: string;
  readonly key: string;
  /** Where it is looked for: `in pipeline "build"`. */
  readonly where: string;
};

/** Longer than any request may take: a writer that has not ended by then is dead. Milliseconds. */
const longestWrite = 60_000;

/** Tries to be the only writer, and milliseconds between them. */
const tries = 20;
const turn = 100;

/** Present, with a value. */
export const isThere = (item: SecretItem | undefined): item is SecretItem => item?.created !== undefined;

export async function findSecret(home: Home, { row }: Pick<SecretAddress, 'row'>): Promise<SecretItem | undefined> {
  const item = (await home.table.get(row)) as SecretItem | undefined;
  return isThere(item) ? item : undefined;
}

export async function getSecret(home: Home, address: SecretAddress): Promise<SecretItem> {
  const item = await findSecret(home, address);
  if (item) return item;
  throw new NotFoundError('secret', address.key, address.where);
}

export type SecretContent = {
  readonly content: string;
  readonly namespaces: readonly string[];
  /** Replaces the one that is there. */
  readonly force: boolean;
};

/**
 * One writer at a time: of two at once the last to write is what is read afterwards, value and namespaces alike. From the
 * claim on, only namespaces of the former list and of the new one may use it, for either value may be in the store.
 */
export async function putSecret(home: Home, address: SecretAddress, wanted: SecretContent): Promise<SecretItem> {
  const { row, key, name } = address;
  const { content, namespaces, force } = wanted;
  const taken = () =>
    new ConflictError(`secret "${key}" exists already ${address.where}; send "force": true to overwrite it`);
  const writer = await claim(home, address, (item) => {
    if (!force && isThere(item)) throw taken();
    return { conditions: force ? [] : [missing('created')], next: [...(item?.next ?? []), namespaces] };
  });
  if (writer === undefined) throw taken();
  try {
    await home.secrets.put(name, content);
  } catch (error) {
    await release(home, row, writer);
    throw error;
  }
  const change = { set: { key, namespaces, created: home.now() }, remove: ['writer', 'writing', 'next'] };
  const written = await home.table.update(row, change, equals('writer', writer));
  if (!written) throw new ConflictError(`secret "${key}" is being changed by somebody else; try again`);
  return written as SecretItem;
}

/** Removes value and row. Repeating it finishes what was begun. */
export async function deleteSecret(home: Home, address: SecretAddress): Promise<void> {
  const { row, key, where } = address;
  if (!(await home.table.get(row))) throw new NotFoundError('secret', key, where);
  await removeSecret(home, address);
}

/** The same; one that is gone is removed already. */
export async function removeSecret(home: Home, address: SecretAddress): Promise<void> {
  const { row, name } = address;
  const writer = await claim(home, address, (item) => (item ? { conditions: [exists('pk')] } : 'gone'));
  // Nobody starts a task with it from here on.
  if (!writer || !(await home.table.update(row, { remove: ['created'] }, equals('writer', writer)))) return;
  await home.secrets.remove(name);
  await home.table.delete(row, equals('writer', writer));
}

type Claim = { readonly conditions: readonly Condition[]; readonly next?: SecretItem['next'] };

/** Waits for its turn. `wants` is asked again each time, and may refuse. `undefined`: the row is gone. */
async function claim(
  home: Home,
  { row, key }: SecretAddress,
  wants: (item: SecretItem | undefined) => Claim | 'gone',
): Promise<number | undefined> {
  const writer = 1 + Math.floor(home.random() * 2 ** 48);
  for (let i = 0; i < tries; i++) {
    const item = (await home.table.get(row)) as SecretItem | undefined;
    const wanted = wants(item);
    if (wanted === 'gone') return undefined;
    const now = home.now();
    const free = any(missing('writing'), less('writing', now - longestWrite));
    // What was read has to be there still: no list of a writer that came to nothing may get lost.
    const same = item?.writer === undefined ? missing('writer') : equals('writer', item.writer);
    const change = { set: { writer, writing: now, next: distinct(wanted.next) } };
    if (await home.table.update(row, change, all(free, same, ...wanted.conditions))) return writer;
    await setTimeout(turn);
  }
  throw new ConflictError(`secret "${key}" is being changed by somebody else; try again in a minute`);
}

/** Repeating a write that fails adds nothing. */
const distinct = (lists: SecretItem['next']): SecretItem['next'] =>
  lists && [...new Map(lists.map((each) => [JSON.stringify(each), each])).values()];

/**
 * Lets the next writer begin. The value may have been stored though its answer was lost: `writer` and `next` stay until one
 * is stored for sure, and the row, so that it can be deleted.
 */
async function release(home: Home, row: Key, writer: number): Promise<void> {
  await home.table.update(row, { remove: ['writing'] }, equals('writer', writer));
}
