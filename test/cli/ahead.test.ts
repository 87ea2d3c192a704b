import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ahead } from '../../lib/cli/follow/ahead.ts';

function counted(sizes: readonly number[]) {
  const open = { now: 0, most: 0 };
  const sources = sizes.map(async function* (size, source) {
    open.now++;
    open.most = Math.max(open.most, open.now);
    for (let item = 0; item < size; item++) {
      await setImmediate();
      yield `${source}.${item}`;
    }
    open.now--;
  });
  return { open, sources };
}

async function read(source: AsyncIterable<string> | readonly string[]) {
  const items: string[] = [];
  for await (const item of source) items.push(item);
  return items;
}

const all = (sources: readonly AsyncIterable<string>[]) => Promise.all(sources.map(read));
const itemsOf = (sizes: readonly number[]) =>
  sizes.map((size, source) => Array.from({ length: size }, (_, item) => `${source}.${item}`));

test('short sources are read whole, few at a time', async () => {
  const sizes = Array.from({ length: 50 }, (_, i) => i % 4);
  const { open, sources } = counted(sizes);
  expect(await all(ahead(sources, { atOnce: 3, items: 10 }))).toEqual(itemsOf(sizes));
  expect(open.most).toBe(3);
});

test('long ones hold up nobody: the last may be read first', async () => {
  const sizes = [20, 20, 20, 20];
  const { sources } = counted(sizes);
  const backwards = ahead(sources, { atOnce: 2, items: 5 }).reverse();
  const found: string[][] = [];
  for (const source of backwards) found.unshift(await read(source));
  expect(found).toEqual(itemsOf(sizes));
});

test('one that fails tells its own reader', async () => {
  const { sources } = counted([2]);
  async function* failing(): AsyncGenerator<string> {
    yield* [];
    throw new Error('gone');
  }
  const [bad, good] = ahead([failing(), ...sources], { atOnce: 1, items: 5 });
  expect(await read(good ?? [])).toEqual(['0.0', '0.1']);
  await expect(read(bad ?? [])).rejects.toThrow('gone');
});
