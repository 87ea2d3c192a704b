/** DynamoDB answers a part of what was asked for when it is short of capacity or the answer would be too large. */
import { expect, test } from 'vitest';
import { type Attributes, createDynamoTable, type Protocol } from '../../lib/store/dynamo.ts';

type Asked = { readonly RequestItems: { readonly gofer: { readonly Keys: Attributes[] } } };

const keys = Array.from({ length: 250 }, (_, n) => ({ pk: 'p', sk: `${n}` }));

/** Answers so many of the keys of each call, and notes the calls and the waits between them. */
function shortOf(answered: (call: number) => number) {
  const calls: number[] = [];
  const waits: number[] = [];
  const batchGetItem = async (input: object) => {
    const { Keys } = (input as Asked).RequestItems.gofer;
    const some = answered(calls.push(Keys.length));
    const [found, left] = [Keys.slice(0, some), Keys.slice(some)];
    return { Responses: { gofer: found }, ...(left.length && { UnprocessedKeys: { gofer: { Keys: left } } }) };
  };
  const table = createDynamoTable({ batchGetItem } as Partial<Protocol> as Protocol, 'gofer', {
    pause: async (milliseconds) => waits.push(milliseconds),
    random: () => 0.5,
  });
  return { table, calls, waits };
}

test('what is left over is asked for again, after longer and longer waits', async () => {
  const { table, calls, waits } = shortOf((call) => (call < 9 ? 20 : 100));
  expect(await table.getMany(keys)).toEqual(keys);
  expect(calls.length).toBe(9);
  expect(waits).toEqual([25, 50, 100, 200, 400, 800, 1000, 1000]);
});

test('nobody waits when all is answered', async () => {
  const { table, calls, waits } = shortOf(() => 100);
  expect(await table.getMany(keys)).toEqual(keys);
  expect([calls, waits]).toEqual([[100, 100, 50], []]);
});
