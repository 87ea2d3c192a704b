import { expect, test } from 'vitest';
import { putObject } from '../../lib/object/put.ts';
import { listObjects, readObject } from '../../lib/object/read.ts';
import { removeObject } from '../../lib/object/remove.ts';
import { sweepObjects } from '../../lib/object/sweep.ts';
import { deletePipeline } from '../../lib/pipeline/delete.ts';
import { createMemoryTable } from '../../lib/store/memory.ts';
import type { Table } from '../../lib/store/table.ts';
import { createMemoryHome, dyingAtEachWrite, interleavedTable, seeds } from '../memory-home.ts';
import { chunks, large, pipelinePlace, put, read, register, runPlace, runsUpTo } from './world.ts';

async function world() {
  const home = createMemoryHome();
  const uid = await register(home);
  await runsUpTo(home, uid, 1, [1]);
  return home;
}

async function sweepLater(home: Home) {
  home.pass(2 * 86_400);
  await sweepObjects(home);
}

type Home = Awaited<ReturnType<typeof world>>;

const keys = async (home: Home) => (await listObjects(home, await pipelinePlace(home))).map(({ key }) => key);

test.each([
  ['small', 'hello'],
  ['empty', ''],
  ['larger than a row', large('x')],
])('what was put is read: %s', async (_, content) => {
  const home = await world();
  const { created, size } = await put(home, 'blob', content);
  expect(size).toBe(content.length);
  expect(created).toBeGreaterThan(0);
  expect(await read(home, 'blob')).toBe(content);
});

test('pipeline and run have objects of their own', async () => {
  const home = await world();
  await put(home, 'blob', 'of the pipeline');
  await put(home, 'blob', 'of the run', { number: 1 });
  expect(await read(home, 'blob')).toBe('of the pipeline');
  expect(await read(home, 'blob', 1)).toBe('of the run');
  await removeObject(home, await runPlace(home, 1), 'blob');
  expect(await read(home, 'blob')).toBe('of the pipeline');
});

test.each(['small', large('x')])('a key that exists is replaced by force only', async (content) => {
  const home = await world();
  await put(home, 'blob', content);
  await expect(put(home, 'blob', 'other')).rejects.toMatchObject({
    status: 400,
    message: 'object "blob" exists already in pipeline "build"; replace it with force=true',
  });
  expect(await read(home, 'blob')).toBe(content);
  await put(home, 'blob', 'other', { force: true });
  expect(await read(home, 'blob')).toBe('other');
});

test('a key is refused before its content is read', async () => {
  const home = await world();
  await put(home, 'blob', 'first');
  const unread = chunks('second');
  await expect(putObject(home, await pipelinePlace(home), 'blob', { force: false, bytes: unread })).rejects.toThrow();
  expect(await unread.next()).toMatchObject({ done: false });
});

test('what is removed is gone, and its key free', async () => {
  const home = await world();
  for (const content of ['small', large('x')]) {
    await put(home, 'blob', content);
    await removeObject(home, await pipelinePlace(home), 'blob');
    await expect(read(home, 'blob')).rejects.toMatchObject({ status: 404 });
    await expect(removeObject(home, await pipelinePlace(home), 'blob')).rejects.toMatchObject({ status: 404 });
  }
  await put(home, 'blob', 'again');
  expect(await keys(home)).toEqual(['blob']);
});

test('an unknown key is told with the one that may be meant', async () => {
  const home = await world();
  await put(home, 'report', 'x');
  await expect(read(home, 'reprot')).rejects.toThrow(
    'object "reprot" does not exist in pipeline "build"; did you mean "report"?',
  );
});

const strange = [
  '../../etc/passwd',
  'a/b/c',
  '..hidden',
  'ключ',
  '🔑',
  '\ud7ff\uffee',
  'a b&c=d?e#f%',
  '"quoted"',
  'ﬀ',
];

test.each(strange)('a key may be %s', async (key) => {
  const home = await world();
  await put(home, key, large('x'));
  expect(await read(home, key)).toBe(large('x'));
  expect(await keys(home)).toEqual([key]);
  for (const name of home.objects.stored.keys()) expect(name).toMatch(/^[\w-]+\/[\w-]+$/);
});

test.each([
  ['', 'is empty'],
  ['..', 'can not be sent in an address'],
  ['.', 'can not be sent in an address'],
  ['a\nb', 'control character'],
  ['\u0000', 'control character'],
  ['\ud800', 'not well-formed'],
  ['x'.repeat(513), 'has 513 bytes; allowed are 512'],
  ['ä'.repeat(257), 'has 514 bytes'],
])('the key %j is refused', async (key, why) => {
  const home = await world();
  await expect(put(home, key, 'x')).rejects.toMatchObject({ status: 400, message: expect.stringContaining(why) });
});

test('a pipeline keeps its newest 50 objects', async () => {
  const home = await world();
  for (let n = 1; n <= 52; n++) await put(home, `key-${String(n).padStart(2, '0')}`, n === 1 ? large('x') : `${n}`);
  expect(await keys(home)).toHaveLength(50);
  await expect(read(home, 'key-01')).rejects.toMatchObject({ status: 404 });
  await expect(read(home, 'key-02')).rejects.toMatchObject({ status: 404 });
  expect(await read(home, 'key-03')).toBe('3');
});

test('replacing an object makes it the newest', async () => {
  const home = createMemoryHome({ settings: { retention: { pipelineObjects: 2 } } });
  await register(home);
  await put(home, 'a', '1');
  await put(home, 'b', '1');
  await put(home, 'a', '2', { force: true });
  await put(home, 'c', '1');
  expect(await keys(home)).toEqual(['a', 'c']);
});

test('a content that breaks off changes nothing and leaves nothing', async () => {
  const home = await world();
  await put(home, 'blob', large('a'));
  const broken = async function* () {
    yield Buffer.from(large('b'));
    throw new Error('the connection broke');
  };
  const place = await pipelinePlace(home);
  await expect(putObject(home, place, 'blob', { force: true, bytes: broken() })).rejects.toThrow(
    'the connection broke',
  );
  await expect(putObject(home, place, 'new', { force: true, bytes: broken() })).rejects.toThrow('the connection broke');
  expect(await read(home, 'blob')).toBe(large('a'));
  expect(await keys(home)).toEqual(['blob']);
  expect(home.objects.stored.size).toBe(1);
});

test('a content whose commit was written stays, though the answer of that write was lost', async () => {
  const home = await world();
  const deaf = {
    ...home.table,
    update: async (...of: Parameters<Table['update']>) => {
      const item = await home.table.update(...of);
      if (of[1].set?.['content'] !== undefined) throw new Error('the answer was lost');
      return item;
    },
  };
  await expect(put({ ...home, table: deaf }, 'blob', large('a'))).rejects.toThrow('the answer was lost');
  await sweepLater(home);
  expect(await read(home, 'blob')).toBe(large('a'));
});

test.each([
  ['deleted', 'small', false],
  ['deleted', large('x'), false],
  ['deleted and registered again', 'small', true],
  ['deleted and registered again', large('x'), true],
])('a content whose pipeline is %s while it is sent is not kept', async (_, content, registeredAgain) => {
  const home = createMemoryHome();
  await register(home);
  const slow = async function* () {
    yield* chunks(content);
    await deletePipeline(home, 'default', 'build');
    if (registeredAgain) await register(home);
  };
  const again = () => pipelinePlace(home);
  const place = await again();
  await expect(putObject(home, place, 'blob', { force: false, bytes: slow(), again })).rejects.toMatchObject({
    status: 404,
  });
  expect(await listObjects(home, place)).toEqual([]);
  expect(home.objects.stored.size).toBe(0);
});

test('an object is stored, though no room can be made: the next one makes it', async () => {
  const home = createMemoryHome({ settings: { retention: { pipelineObjects: 1 } } });
  await register(home);
  await put(home, 'a', large('a'));
  const blind = { ...home.table, query: () => Promise.reject(new Error('throttled')) };
  await put({ ...home, table: blind }, 'b', large('b'));
  expect(await read(home, 'b')).toBe(large('b'));
  await put(home, 'c', large('c'));
  expect(await keys(home)).toEqual(['c']);
});

test('of writers at once one wins, whole, and nothing of the others stays', async () => {
  for (const seed of seeds(40)) {
    const table = createMemoryTable();
    const home = createMemoryHome({ table });
    await register(home);
    const interleaved = { ...home, table: interleavedTable(table, seed) };
    const contents = [large('a'), 'b', large('c'), 'd'];
    await Promise.all(contents.map((content) => put(interleaved, 'blob', content, { force: true })));
    expect(contents).toContain(await read(home, 'blob'));
    home.pass(2 * 86_400);
    await sweepObjects(home);
    expect(contents).toContain(await read(home, 'blob'));
    expect(home.objects.stored.size).toBeLessThanOrEqual(1);
  }
});

test('of writers at once without force one wins, and the others hear so', async () => {
  for (const seed of seeds(40)) {
    const table = createMemoryTable();
    const home = createMemoryHome({ table });
    await register(home);
    const interleaved = { ...home, table: interleavedTable(table, seed) };
    const contents = [large('a'), 'b', large('c')];
    const outcomes = await Promise.allSettled(contents.map((content) => put(interleaved, 'blob', content)));
    const [winner] = contents.filter((_, i) => outcomes[i]?.status === 'fulfilled');
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await read(home, 'blob')).toBe(winner);
  }
});

test('a process that dies while it replaces leaves the old content or the new one, and the sweep the rest of neither', async () => {
  await dyingAtEachWrite(
    async (home) => {
      await register(home);
      await put(home, 'blob', large('a'));
    },
    (home) => put(home, 'blob', large('b'), { force: true }),
    async (home) => {
      expect([large('a'), large('b')]).toContain(await read(home, 'blob'));
      home.pass(2 * 86_400);
      await sweepObjects(home);
      home.pass(3600);
      await sweepObjects(home);
      expect([large('a'), large('b')]).toContain(await read(home, 'blob'));
      expect(await home.table.swept('content')).toEqual([]);
    },
  );
});

test('whoever reads an object while it is replaced gets the old content or the new one', async () => {
  for (const seed of seeds(40)) {
    const table = createMemoryTable();
    const home = createMemoryHome({ table });
    await register(home);
    await put(home, 'blob', large('a'));
    const interleaved = { ...home, table: interleavedTable(table, seed) };
    const place = await pipelinePlace(home);
    const [, found] = await Promise.all([
      put(interleaved, 'blob', large('b'), { force: true }),
      readObject(interleaved, place, 'blob'),
    ]);
    expect('content' in found && found.content.size).toBe(20_000);
  }
});
