import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readRunLog } from '../../lib/logs/follow-run.ts';
import { runKey, taskKey } from '../../lib/store/items/run.ts';
import { configKey } from '../../lib/store/items/version.ts';
import { createMemoryHome } from '../memory-home.ts';

/** A run of 150 tasks that go on and write nothing more, and 50 that have ended. */
async function crowd() {
  const home = createMemoryHome();
  const live = Array.from({ length: 150 }, (_, i) => `live-${i}`);
  const ended = Array.from({ length: 50 }, (_, i) => `ended-${i}`);
  await home.table.put({ ...runKey('u', 1), state: 'running', version: 1 });
  await home.table.put({ ...configKey('u', 1), config: '{"tasks":[]}' });
  for (const task of live) await home.table.put({ ...taskKey('u', 1, task), launch: 1 });
  for (const task of ended) await home.table.put({ ...taskKey('u', 1, task), launch: 1, status: 'successful' });
  const open = { now: 0, most: 0 };
  home.logs.read = async function* ({ task }, { follow, ended: isOver, signal } = {}) {
    open.most = Math.max(open.most, ++open.now);
    yield { id: '1', time: 0, source: 'stdout', data: Buffer.from(task), complete: true };
    while (follow && !(await isOver?.()) && !signal?.aborted) await setImmediate();
    open.now--;
  };
  return { home, tasks: [...live, ...ended], live, ended, open };
}

test('a hundred tasks that run hold up no log of one that has ended, and give their place to others', async () => {
  const { home, tasks, live, ended, open } = await crowd();
  const done: string[] = [];
  const lines: string[] = [];
  await readRunLog(home, {
    uid: 'u',
    number: 1,
    tasks,
    from: new Map(),
    signal: new AbortController().signal,
    pause: setImmediate,
    take: async ({ task, reached, line }) => {
      if (line) lines.push(task);
      if (reached !== 'end') return;
      done.push(task);
      if (done.length !== ended.length) return;
      // All that had ended has been read, though nobody has given up a place.
      expect([...done].sort()).toEqual([...ended].sort());
      for (const id of live) await home.table.update(taskKey('u', 1, id), { set: { status: 'successful' } });
      await home.table.update(runKey('u', 1), { set: { state: 'complete' } });
    },
  });
  expect([...done].sort()).toEqual([...tasks].sort());
  expect([...lines].sort()).toEqual([...tasks].sort());
  expect(open.most).toBeLessThanOrEqual(120);
});

test('nothing is read any more once nobody wants it', async () => {
  const { home, tasks, open } = await crowd();
  const left = new AbortController();
  let lines = 0;
  const take = () => {
    if (++lines === 30) left.abort();
  };
  await readRunLog(home, {
    uid: 'u',
    number: 1,
    tasks,
    from: new Map(),
    signal: left.signal,
    pause: setImmediate,
    take,
  });
  for (let turn = 0; turn < 10; turn++) await setImmediate();
  expect(open.now).toBe(0);
});
