/** A table that counts what is asked of it as DynamoDB bills it: write units, also of writes whose condition did not hold, and items read. */
import type { Item, Key, Table } from '../../lib/store/table.ts';

export function countedTable(table: Table) {
  let writes = 0;
  let units = 0;
  let items = 0;
  let calls = 0;
  /** The larger of the item before and after, in whole KB; and one for each row that comes into the index or leaves it. */
  const write = async <Result>(key: Key, operation: () => Promise<Result>) => {
    const before = await table.get(key);
    const result = await operation();
    const after = await table.get(key);
    writes++;
    units += Math.max(1, Math.ceil(Math.max(sizeOf(before), sizeOf(after)) / 1024));
    if (before?.['sweep'] !== after?.['sweep']) units += before?.['sweep'] && after?.['sweep'] ? 2 : 1;
    return result;
  };
  const read = (count: number) => {
    calls++;
    items += count;
  };
  const counted: Table = {
    ...table,
    get: async (key) => {
      read(1);
      return table.get(key);
    },
    getMany: async (keys) => {
      read(keys.length);
      return table.getMany(keys);
    },
    query: async (pk, range) => {
      const found = await table.query(pk, range);
      read(found.length);
      return found;
    },
    put: (item, condition) => write(item, () => table.put(item, condition)),
    update: (key, change, condition) => write(key, () => table.update(key, change, condition)),
    delete: (key, condition) => write(key, () => table.delete(key, condition)),
  };
  return {
    table: counted,
    operations: () => ({ writes, units, calls, items }),
    reset: () => {
      writes = units = items = calls = 0;
    },
  };
}

/** Bytes, as DynamoDB counts them: names and values. */
const sizeOf = (item: Item | undefined): number =>
  JSON.stringify(item ?? {}, (_, value: unknown) => (value instanceof Set ? [...value] : value)).length;
