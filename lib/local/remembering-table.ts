/**
 * On one machine one process holds the table, so what it has read of an item stays true until it writes that item. It is
 * read once, then; each read that dynalite is spared is a third of a millisecond.
 */
import { configPrefix } from '../store/items/version.ts';
import type { Item, Key, Table } from '../store/table.ts';

/** Items: some MB. Configs, the large ones, are remembered by those who use them. */
const most = 2_000;

const idOf = ({ pk, sk }: Key) => `${pk}\n${sk}`;

/** The same table. Items that it returns may be shared, as between all readers in a process. */
export function rememberingTable(table: Table): Table {
  const items = new Map<string, Item | undefined>();
  /** Reads under way that no write has overtaken: whoever asks meanwhile shares them. */
  const reading = new Map<string, Promise<Item | undefined>>();
  /** Writes under way, and whether there has been more than one at a time: it isn't known which was the last. */
  const writing = new Map<string, { count: number; crossed: boolean }>();

  function remember(id: string, item: Item | undefined): void {
    items.set(id, item);
    if (items.size > most) items.delete(items.keys().next().value ?? '');
  }

  function get(key: Key): Promise<Item | undefined> {
    const id = idOf(key);
    if (key.sk.startsWith(configPrefix) || writing.has(id)) return table.get(key);
    if (items.has(id)) return Promise.resolve(items.get(id));
    const same = reading.get(id);
    if (same) return same;
    const read = table.get(key).then(
      (item) => {
        if (reading.get(id) === read) {
          reading.delete(id);
          remember(id, item);
        }
        return item;
      },
      (error: unknown) => {
        if (reading.get(id) === read) reading.delete(id);
        throw error;
      },
    );
    reading.set(id, read);
    return read;
  }

  async function write<T>(
    key: Key,
    operation: () => Promise<T>,
    itemAfter: (result: T) => Item | undefined,
  ): Promise<T> {
    const id = idOf(key);
    items.delete(id);
    reading.delete(id);
    const mine = writing.get(id) ?? { count: 0, crossed: false };
    writing.set(id, mine);
    mine.count += 1;
    mine.crossed ||= mine.count > 1;
    try {
      const result = await operation();
      const item = itemAfter(result);
      if (item && !mine.crossed) remember(id, item);
      return result;
    } finally {
      mine.count -= 1;
      if (mine.count === 0) writing.delete(id);
    }
  }

  const unknown = () => undefined;
  return {
    get,
    getMany: (keys) => Promise.all(keys.map(get)),
    query: (pk, range) => table.query(pk, range),
    swept: (kind) => table.swept(kind),
    put: (item, condition) => write(item, () => table.put(item, condition), unknown),
    update: (key, change, condition) =>
      write(
        key,
        () => table.update(key, change, condition),
        (item) => (key.sk.startsWith(configPrefix) ? undefined : item),
      ),
    delete: (key, condition) => write(key, () => table.delete(key, condition), unknown),
  };
}
