import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTable } from '../../lib/local/table.ts';
import { createMemoryTable } from '../../lib/store/memory.ts';
import {
  all,
  any,
  atLeast,
  type Change,
  type Condition,
  contains,
  differs,
  equals,
  exists,
  less,
  missing,
  sizeLess,
  type Table,
} from '../../lib/store/table.ts';

let opened: Awaited<ReturnType<typeof openTable>>;
beforeAll(async () => {
  opened = await openTable();
});
afterAll(() => opened.close());

describe.each([
  ['memory', () => createMemoryTable()],
  ['the DynamoDB protocol', () => opened.table],
])('the table on %s', (name, open: () => Table) => {
  const key = (sk: string) => ({ pk: `${name}#facts`, sk });

  test.each(['', 'x'.repeat(3_000)])('has nothing under a key that can’t be', async (impossible) => {
    const table = open();
    const there = exists('pk');
    for (const at of [key(impossible), { pk: impossible, sk: 'a' }]) {
      expect([await table.get(at), await table.getMany([at, key('none')])]).toEqual([
        undefined,
        [undefined, undefined],
      ]);
      expect(await table.update(at, { set: { n: 1 } }, there)).toBeUndefined();
      expect(await table.delete(at, there)).toBe(false);
    }
    expect(await table.query(impossible)).toEqual([]);
  });

  test('creates an item by its first update, unless the condition forbids it', async () => {
    const table = open();
    expect(await table.update(key('a'), { set: { n: 1 } }, exists('pk'))).toBeUndefined();
    expect(await table.update(key('a'), { set: { n: 1 } })).toEqual({ ...key('a'), n: 1 });
  });

  test('removes a set with its last element', async () => {
    const table = open();
    await table.update(key('b'), { add: { open: new Set([1, 2]) } });
    expect(await table.update(key('b'), { delete: { open: new Set([1]) } })).toMatchObject({ open: new Set([2]) });
    expect((await table.update(key('b'), { delete: { open: new Set([2]) } }))?.['open']).toBeUndefined();
  });

  test('reads ranges of a partition, from both ends', async () => {
    const table = open();
    for (const sk of ['x#1', 'x#2', 'x#3', 'y#1']) await table.put({ pk: `${name}#range`, sk });
    const ids = async (range: Parameters<Table['query']>[1]) =>
      (await table.query(`${name}#range`, range)).map(({ sk }) => sk);
    expect(await ids({ prefix: 'x#' })).toEqual(['x#1', 'x#2', 'x#3']);
    expect(await ids({ prefix: 'x#', from: 'x#2' })).toEqual(['x#2', 'x#3']);
    expect(await ids({ prefix: 'x#', limit: 2, reverse: true })).toEqual(['x#3', 'x#2']);
  });

  test('reads many items in the order asked, absent ones as undefined', async () => {
    const table = open();
    for (let i = 0; i < 130; i++) await table.put({ pk: `${name}#many`, sk: String(i), i });
    const items = await table.getMany([...Array(131).keys()].map((i) => ({ pk: `${name}#many`, sk: String(i) })));
    expect(items.map((item) => item?.['i'])).toEqual([...Array(130).keys(), undefined]);
  });

  test('finds what the sweep looks after, as long as it must', async () => {
    const table = open();
    await table.put({ ...key('swept'), sweep: 'run' });
    expect(await table.swept('run')).toContainEqual(key('swept'));
    await table.update(key('swept'), { remove: ['sweep'] });
    expect(await table.swept('run')).not.toContainEqual(key('swept'));
  });
});

test('a table that cannot be opened is one clear error', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gofer-table-'));
  const first = await openTable(folder);
  await expect(openTable(folder)).rejects.toThrow(/^the table in .* can't be opened \(.*lock.*\); is another server/i);
  await first.close();
  await (await openTable(folder)).close();
  await rm(folder, { recursive: true });
});

const names = fc.constantFrom('s', 'n', 'set', 'map');
const paths = fc.constantFrom('s', 'n', 'set', 'map', 'map.a');
const leaves: fc.Arbitrary<Condition> = fc.oneof(
  paths.map(exists),
  paths.map(missing),
  fc.constantFrom(equals('s', 'x'), equals('n', 1), equals('map.a', 1), differs('s', 'x'), differs('map.a', 1)),
  fc.constantFrom(less('n', 2), atLeast('n', 1), contains('set', 'one'), sizeLess('set', 2)),
);
const conditions = fc.oneof(
  leaves,
  fc.array(leaves, { minLength: 1, maxLength: 3 }).map((of) => all(...of)),
  fc.array(leaves, { minLength: 1, maxLength: 3 }).map((of) => any(...of)),
);
const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom('x', 'y').map((s) => ({ set: { s } })),
  fc.integer({ min: 0, max: 3 }).map((n) => ({ set: { n, map: { a: n } } })),
  fc.constantFrom('one', 'two', 'three').map((s) => ({ add: { set: new Set([s]) } })),
  fc.constantFrom('one', 'two').map((s) => ({ delete: { set: new Set([s]) } })),
  fc.constant({ add: { n: 1 } }),
  names.map((name) => ({ remove: [name] })),
);

test('answers every conditional write alike in memory and on the DynamoDB protocol', async () => {
  let round = 0;
  const step = fc.tuple(changes, fc.option(conditions, { nil: undefined }));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const memory = createMemoryTable();
      const key = { pk: 'alike', sk: String(round++) };
      for (const [change, condition] of steps) {
        const [expected, got] = await Promise.all(
          [memory, opened.table].map((table) => table.update(key, change, condition)),
        );
        expect(got).toEqual(expected);
      }
    }),
    { numRuns: 150 },
  );
});
