import { describe, expect, test } from 'vitest';
import { triedNow } from '../../lib/run/room.ts';
import type { TaskItem } from '../../lib/task/task.ts';
import { pipeline, task } from '../machine/pipelines.ts';

const minute = 60_000;
/** When the last launch was refused. */
const refusal = 100 * minute;
const now = refusal + minute;

const idle = { error: 'AmazonECS.Unknown', cause: 'RESOURCE:CPU' };
const running = { arn: 'a', state: 'RUNNING' } as const;

const row = (sk: string, more: Partial<TaskItem>): TaskItem => ({
  pk: 'TASKS#u#1',
  sk,
  launch: 4,
  attempt: 1,
  ...more,
});
/** Held since its launch was refused at `at`. */
const held = (sk: string, at = refusal, more: Partial<TaskItem> = {}) =>
  row(sk, { phase: 'held', tokens: new Set([sk]), not_before: at + minute, ...idle, ...more });
const many = (count: number, one: (sk: string) => TaskItem) =>
  Array.from({ length: count }, (_, n) => one(`many-${n}`));
const begun = (granted: number) => (sk: string) => row(sk, { phase: 'granted', granted, launch_4: running });
const over = (ended: number) => (sk: string) => row(sk, { status: 'successful', created: 0, ended });

const config = pipeline(...Array.from({ length: 100 }, (_, n) => task(`task-${n}`)));
const tried = (rows: readonly TaskItem[], time = now) => [...triedNow(config, rows, time)];

describe('of the tasks that AWS had no room for', () => {
  const two = [held('second', refusal), held('first', refusal - minute)];

  test('one is tried, a minute after the last was refused: the one that waits longest', () => {
    expect(tried(two)).toEqual(['first']);
    expect(tried(two, now - 1)).toEqual([]);
  });

  test('as many are tried as containers of the run have ended since, without a rest', () => {
    const rows = [...many(3, over(refusal + 1)), row('refused just now', { phase: 'later', not_before: now + minute })];
    const waiting = [held('a', refusal), held('b', refusal), held('c', refusal)];
    expect(tried([...rows.slice(0, 3), ...waiting])).toEqual(['a', 'b', 'c']);
    expect(tried([...rows, ...waiting])).toEqual([]);
  });

  test('what those left is not counted twice', () => {
    const rows = [...many(2, over(refusal + 1)), begun(refusal + 2)('next one'), begun(refusal + 2)('and one more')];
    expect(tried([...rows, ...two])).toEqual(['first']);
  });

  test('as many more are tried as have begun since the last refusal', () => {
    const waiting = Array.from({ length: 9 }, (_, n) => held(`waits-${n}`));
    expect(tried([...many(4, begun(refusal + 1)), ...waiting])).toHaveLength(4);
    expect(tried([...many(4, begun(refusal - 1)), ...waiting])).toHaveLength(1);
    const onTheWay = many(4, (sk) => row(sk, { phase: 'granted', granted: refusal + 1 }));
    expect(tried([...onTheWay, ...waiting])).toHaveLength(1);
  });

  test('none is tried that nobody waits for, or whose time has not come', () => {
    const unawaited = row('unawaited', { phase: 'held', not_before: refusal, ...idle });
    expect(tried([unawaited, held('late', refusal + 1)])).toEqual([]);
  });

  test('the rests grow with the history that has been spent, without end', () => {
    const rest = (launches: number) => {
      const waits = held('one', refusal, { launch: launches });
      const rests = Array.from({ length: 5000 }, (_, n) => n + 1);
      return rests.find((minutes) => tried([waits], refusal + minutes * minute).length);
    };
    expect([4, 700, 900, 1100, 1500].map(rest)).toEqual([1, 1, 3, 10, 154]);
  });

  test('what is held for another reason is tried as soon as its time has come', () => {
    const refused = { error: 'ECS.AccessDeniedException', cause: 'not authorized to perform: ecs:RunTask' };
    const rows = [held('a', refusal, refused), held('b', refusal, refused), held('c')];
    expect(tried(rows).toSorted()).toEqual(['a', 'b', 'c']);
  });
});
