import { expect, test } from 'vitest';
import { hasExpired } from '../../lib/object/expiry.ts';
import { extensionObjects } from '../../lib/object/place.ts';
import { announce, putObject } from '../../lib/object/put.ts';
import { listObjects } from '../../lib/object/read.ts';
import { removeObjects } from '../../lib/object/remove.ts';
import { sweepObjects } from '../../lib/object/sweep.ts';
import { deletePipeline } from '../../lib/pipeline/delete.ts';
import { objectsPartition } from '../../lib/store/items/object.ts';
import { createMemoryHome } from '../memory-home.ts';
import { chunks, large, pipelinePlace, put, read, register, runsUpTo } from './world.ts';

test('the objects of a run are there until two further runs are over', async () => {
  const home = createMemoryHome();
  const uid = await register(home);
  await runsUpTo(home, uid, 1, [1]);
  await put(home, 'blob', 'x', { number: 1 });
  for (const [last, active] of [
    [1, []],
    [2, []],
    [3, [3]],
    [3, [2]],
  ] as const) {
    await runsUpTo(home, uid, last, active);
    expect(await read(home, 'blob', 1)).toBe('x');
  }
  await runsUpTo(home, uid, 3);
  const expired = {
    status: 410,
    message:
      'the objects of run 1 have expired: they are kept until 2 further runs are over; what is to stay belongs into an object of the pipeline',
  };
  await expect(read(home, 'blob', 1)).rejects.toMatchObject(expired);
  await expect(put(home, 'late', 'x', { number: 1 })).rejects.toMatchObject(expired);
});

test('how many runs is a setting', () => {
  const over = (last: number) => ({ next_up: last });
  expect([1, 2, 3].map((last) => hasExpired(over(last), 1, 0))).toEqual([true, true, true]);
  expect([1, 5, 6].map((last) => hasExpired(over(last), 1, 5))).toEqual([false, false, true]);
  expect(hasExpired({}, 1, 0)).toBe(false);
});

test('the sweep removes what has expired, and nothing else', async () => {
  const home = createMemoryHome();
  const uid = await register(home);
  await runsUpTo(home, uid, 12, [1, 2, 10, 12]);
  await put(home, 'kept', large('p'));
  for (const number of [1, 2, 10]) await put(home, 'blob', large(`${number % 10}`), { number });
  await runsUpTo(home, uid, 12, [10, 12]);
  await sweepObjects(home);
  home.pass(3600);
  await sweepObjects(home);
  const contents = [...home.objects.stored.values()].map((each) => String.fromCharCode(each[0] ?? 0));
  expect(contents.sort()).toEqual(['0', 'p']);
  expect(await read(home, 'blob', 10)).toBe(large('0'));
});

test('whoever is reading what is replaced is given time', async () => {
  const home = createMemoryHome();
  await register(home);
  await put(home, 'blob', large('a'));
  await put(home, 'blob', large('b'), { force: true });
  await sweepObjects(home);
  expect(home.objects.stored.size).toBe(2);
  home.pass(61);
  await sweepObjects(home);
  expect(home.objects.stored.size).toBe(1);
  expect(await home.table.swept('content')).toEqual([]);
});

test('with the pipeline goes all that it had', async () => {
  const home = createMemoryHome();
  const uid = await register(home);
  await runsUpTo(home, uid, 1);
  await put(home, 'small', 'x');
  await put(home, 'blob', large('a'));
  await put(home, 'blob', large('b'), { number: 1 });
  await home.table.delete({ pk: `PIPELINE#${uid}`, sk: 'RUN#0000000001' });
  await deletePipeline(home, 'default', 'build');
  await sweepObjects(home);
  home.pass(3600);
  await sweepObjects(home);
  expect(home.objects.stored.size).toBe(0);
  expect(await home.table.query(objectsPartition(uid))).toEqual([]);
});

test('an upload that nobody ends is removed after a day; until then it may end', async () => {
  const home = createMemoryHome();
  await register(home);
  const place = await pipelinePlace(home);
  const content = await announce(home, place, 'blob');
  await home.objects.put(content, chunks(large('a')));
  home.pass(23 * 3600);
  await sweepObjects(home);
  expect(home.objects.stored.size).toBe(1);
  home.pass(2 * 3600);
  await sweepObjects(home);
  home.pass(3600);
  await sweepObjects(home);
  expect(home.objects.stored.size).toBe(0);
  expect(await home.table.query(objectsPartition(place.owner), { prefix: 'PIPELINE#' })).toEqual([]);
});

test('what a killed server was being sent is removed when it starts again', async () => {
  const home = createMemoryHome();
  await register(home);
  const content = await announce(home, await pipelinePlace(home), 'blob');
  await home.objects.put(content, chunks('the first half'));
  await sweepObjects(home, { interrupted: true });
  home.pass(61);
  await sweepObjects(home);
  expect(home.objects.stored.size).toBe(0);
});

test('the objects of an extension go with it', async () => {
  const home = createMemoryHome();
  const place = extensionObjects({ id: 'cron', created: 1 });
  await putObject(home, place, 'state', { force: false, bytes: chunks('x') });
  const other = extensionObjects({ id: 'other', created: 1 });
  await putObject(home, other, 'state', { force: false, bytes: chunks('x') });
  await removeObjects(home, place.owner);
  expect(await listObjects(home, place)).toEqual([]);
  expect(await listObjects(home, other)).toHaveLength(1);
});
