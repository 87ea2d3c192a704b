/** A table that counts what is asked of it: calls that write, and items that are read. */
import type { Table } from '../../lib/store/table.ts';

export function countedTable(table: Table) {
  let writes = 0;
  let items = 0;
  let calls = 0;
  const write = <Result>(result: Result) => {
    writes++;
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
    put: (item, condition) => write(table.put(item, condition)),
    update: (key, change, condition) => write(table.update(key, change, condition)),
    delete: (key, condition) => write(table.delete(key, condition)),
  };
  return {
    table: counted,
    operations: () => ({ writes, calls, items }),
    reset: () => {
      writes = items = calls = 0;
    },
  };
}
