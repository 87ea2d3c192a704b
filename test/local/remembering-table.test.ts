import { expect, test } from 'vitest';
import { rememberingTable } from '../../lib/local/remembering-table.ts';
import { createMemoryTable } from '../../lib/store/memory.ts';
import { equals, type Table } from '../../lib/store/table.ts';
import { createMemoryHome, interleavedTable, seeds } from '../memory-home.ts';

const key = { pk: 'p', sk: 's' };

function counted(table: Table) {
  const reads = { count: 0 };
  const get: Table['get'] = (wanted) => {
    reads.count += 1;
    return table.get(wanted);
  };
  return { table: { ...table, get }, reads };
}

test('an item is read once, until it is written', async () => {
  const { table, reads } = counted(createMemoryTable());
  const remembering = rememberingTable(table);
  await remembering.put({ ...key, n: 1 });
  expect(await Promise.all([remembering.get(key), remembering.get(key)])).toMatchObject([{ n: 1 }, { n: 1 }]);
  expect(await remembering.getMany([key, { pk: 'p', sk: 'absent' }])).toMatchObject([{ n: 1 }, undefined]);
  await remembering.get({ pk: 'p', sk: 'absent' });
  expect(reads.count).toBe(2);
  await remembering.update(key, { set: { n: 2 } });
  expect(await remembering.get(key)).toMatchObject({ n: 2 });
  expect(reads.count).toBe(2);
  await remembering.delete(key);
  expect(await remembering.get(key)).toBeUndefined();
});

test('a write that was refused changes nothing', async () => {
  const remembering = rememberingTable(createMemoryTable());
  await remembering.put({ ...key, n: 1 });
  await remembering.get(key);
  expect(await remembering.update(key, { set: { n: 2 } }, equals('n', 7))).toBeUndefined();
  expect(await remembering.get(key)).toMatchObject({ n: 1 });
});

test('a read that failed is not remembered', async () => {
  const table = createMemoryTable();
  await table.put({ ...key, n: 1 });
  let failing = true;
  const remembering = rememberingTable({
    ...table,
    get: (wanted) => (failing ? Promise.reject(new Error('no luck')) : table.get(wanted)),
  });
  await expect(remembering.get(key)).rejects.toThrow('no luck');
  failing = false;
  expect(await remembering.get(key)).toMatchObject({ n: 1 });
});

test('a read never misses a write that ended before it began, however reads and writes interleave', async () => {
  for (const seed of seeds(300)) {
    const { random } = createMemoryHome({ seed });
    const remembering = rememberingTable(interleavedTable(createMemoryTable(), seed));
    let begun = 0;
    let ended = 0;
    const pause = async () => {
      for (let turns = Math.floor(random() * 400); turns > 0; turns--) await Promise.resolve();
    };
    const write = async () => {
      await pause();
      begun += 1;
      await remembering.update(key, { add: { n: 1 } });
      ended += 1;
    };
    const read = async () => {
      await pause();
      const least = ended;
      const n = Number((await remembering.get(key))?.['n'] ?? 0);
      expect([seed, n >= least, n <= begun]).toEqual([seed, true, true]);
    };
    await Promise.all([...seeds(12).map(write), ...seeds(40).map(read)]);
    expect([seed, (await remembering.get(key))?.['n']]).toEqual([seed, 12]);
  }
});
