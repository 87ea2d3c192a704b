import { ClassicLevel } from 'classic-level';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openTable } from '../../lib/local/table.ts';
import { testFolder } from '../e2e/folder.ts';

test.each([undefined, 2])('a query leaves nothing open, with limit %s', async (limit) => {
  const { table, close } = await openTable(await testFolder());
  onTestFinished(close);
  for (const sk of ['a', 'b', 'c', 'd']) await table.put({ pk: 'letters', sk });
  const opened = vi.spyOn(ClassicLevel.prototype, 'values');
  const found = await table.query('letters', limit === undefined ? {} : { limit });
  expect(found.map(({ sk }) => sk)).toEqual(['a', 'b', 'c', 'd'].slice(0, limit));
  const iterators = opened.mock.results.map(({ value }) => value as { next(): Promise<unknown> });
  expect(iterators).toHaveLength(1);
  for (const iterator of iterators)
    await vi.waitFor(() => expect(iterator.next()).rejects.toMatchObject({ code: 'LEVEL_ITERATOR_NOT_OPEN' }));
});
