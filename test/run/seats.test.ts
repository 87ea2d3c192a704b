import { describe, expect, test } from 'vitest';
import { registerConfig } from '../../lib/pipeline/register.ts';
import { cancelRun } from '../../lib/run/cancel.ts';
import { findRun } from '../../lib/run/load.ts';
import type { RunItem } from '../../lib/run/run.ts';
import { startRun } from '../../lib/run/start.ts';
import { sweepRuns } from '../../lib/run/sweep.ts';
import { namespaceKey } from '../../lib/store/items/pipeline.ts';
import { lineKey, systemKey } from '../../lib/store/items/system.ts';
import { updatePreferences } from '../../lib/system/system.ts';
import { configOf, createMemoryHome, dyingTable, type MemoryHome } from '../memory-home.ts';

const namespace = { id: 'default', name: 'default', description: '', created: 0, modified: 0 };

/** An installation of so many seats, with pipelines of these names. */
async function installation(seats: number, pipelines: readonly string[], parallelism = 0) {
  const memory = createMemoryHome();
  const stopped = new Set<string>();
  const home: MemoryHome = {
    ...memory,
    machines: {
      ...memory.machines,
      stop: async ({ name }) => void stopped.add(name),
      describe: async ({ name }) =>
        stopped.has(name) ? { state: 'closed', status: 'ABORTED', stopped: 0 } : { state: 'running' },
    },
  };
  await home.table.put({ ...namespaceKey('default'), ...namespace });
  await updatePreferences(home, { max_concurrent_runs: seats });
  for (const id of pipelines) {
    const config = configOf(id, 'busybox', { parallelism });
    await registerConfig(home, { namespace: 'default', pipeline: id, config });
  }
  return home;
}

const start = (home: MemoryHome, pipeline: string) =>
  startRun(home, { namespace: 'default', pipeline, variables: {}, initiator: { id: '', user: '' } });
const now = async (home: MemoryHome, { uid, number }: RunItem) => findRun(home, uid, number);
const states = async (home: MemoryHome, runs: readonly RunItem[]) =>
  Promise.all(runs.map(async (run) => (await now(home, run))?.state));
/** No container has begun, so a run that is cancelled is over at once. */
const end = async (home: MemoryHome, run: RunItem | undefined) => run && cancelRun(home, run, 'user');

describe('the limit on runs of all pipelines', () => {
  test('lets no more run at once, and the next begin as soon as one ends', async () => {
    const home = await installation(2, ['one', 'two']);
    const runs = [
      await start(home, 'one'),
      await start(home, 'one'),
      await start(home, 'two'),
      await start(home, 'one'),
    ];
    expect(await states(home, runs)).toEqual(['running', 'running', 'pending', 'pending']);
    await end(home, runs[0]);
    expect(await states(home, runs)).toEqual(['complete', 'running', 'running', 'pending']);
    await end(home, runs[1]);
    expect(await states(home, runs)).toEqual(['complete', 'complete', 'running', 'running']);
  });

  test('is 2,000 where nobody says another', async () => {
    const home = await installation(1, ['one']);
    await home.table.delete(systemKey);
    const runs: RunItem[] = [];
    for (let i = 0; i < 2_005; i++) runs.push(await start(home, 'one'));
    const running = (await states(home, runs)).filter((state) => state === 'running');
    expect(running).toHaveLength(2_000);
    for (const run of runs.slice(0, 5)) await end(home, run);
    expect((await states(home, runs.slice(2_000))).every((state) => state === 'running')).toBe(true);
  });

  test('holds for hundreds that start at once', async () => {
    const home = await installation(50, ['one', 'two', 'three']);
    const names = Array.from({ length: 300 }, (_, i) => ['one', 'two', 'three'][i % 3] ?? '');
    const runs = await Promise.all(names.map((name) => start(home, name)));
    expect((await states(home, runs)).filter((state) => state === 'running')).toHaveLength(50);
  });

  test('may be changed: fewer end no run, more are begun by the next sweep', async () => {
    const home = await installation(2, ['one']);
    const runs = [await start(home, 'one'), await start(home, 'one'), await start(home, 'one')];
    await updatePreferences(home, { max_concurrent_runs: 1 });
    await end(home, runs[0]);
    expect(await states(home, runs)).toEqual(['complete', 'running', 'pending']);
    await updatePreferences(home, { max_concurrent_runs: 2 });
    await sweepRuns(home);
    expect(await states(home, runs)).toEqual(['complete', 'running', 'running']);
  });
});

test('a limit that was lowered counts all that run, in whatever row they sit', async () => {
  const home = await installation(90, ['one']);
  const runs: RunItem[] = [];
  for (let i = 0; i < 90; i++) runs.push(await start(home, 'one'));
  await updatePreferences(home, { max_concurrent_runs: 10 });
  const next = await start(home, 'one');
  for (const run of runs.slice(0, 80)) await end(home, run);
  expect((await now(home, next))?.state).toBe('pending');
  await end(home, runs[80]);
  expect((await now(home, next))?.state).toBe('running');
});

describe('a pipeline', () => {
  test('that has all seats and hundreds of runs behind keeps no other waiting: they take turns', async () => {
    const home = await installation(3, ['greedy', 'modest', 'third']);
    const greedy: RunItem[] = [];
    for (let i = 0; i < 100; i++) greedy.push(await start(home, 'greedy'));
    const modest = [await start(home, 'modest'), await start(home, 'modest')];
    const third = [await start(home, 'third')];
    await end(home, greedy[0]);
    expect(await states(home, [...modest, ...third])).toEqual(['running', 'pending', 'pending']);
    await end(home, greedy[1]);
    expect(await states(home, [...modest, ...third])).toEqual(['running', 'pending', 'running']);
    await end(home, greedy[2]);
    // Each has had one: the turn is with those who have the fewest, and of these with who waits longest.
    expect(await states(home, greedy.slice(0, 4))).toEqual(['complete', 'complete', 'complete', 'running']);
  });

  test('with a single seat among two, neither is passed over however quick the other’s runs are', async () => {
    const home = await installation(1, ['quick', 'slow']);
    const quick = [await start(home, 'quick'), await start(home, 'quick'), await start(home, 'quick')];
    const slow = [await start(home, 'slow'), await start(home, 'slow')];
    const order: string[] = [];
    for (let i = 0; i < 5; i++)
      for (const run of [...quick, ...slow])
        if ((await now(home, run))?.state === 'running') {
          order.push(run.pipeline);
          await end(home, run);
          break;
        }
    expect(order).toEqual(['quick', 'quick', 'slow', 'quick', 'slow']);
  });

  test('that is held up by its own parallelism takes no seat from others', async () => {
    const home = await installation(2, ['one', 'two'], 1);
    const runs = [await start(home, 'one'), await start(home, 'one'), await start(home, 'two')];
    expect(await states(home, runs)).toEqual(['running', 'pending', 'running']);
  });
});

test('whoever starts or ends a run may die before any write: the sweep brings every run to a seat', async () => {
  for (let fatal = 1; fatal < 60; fatal++) {
    const home = await installation(1, ['one', 'two']);
    const first = await start(home, 'one');
    const dying = { ...home, table: dyingTable(home.table, fatal) };
    await start(dying, 'two').catch(() => undefined);
    await end(dying, first).catch(() => undefined);
    const last = await start(home, 'two');
    for (let i = 0; i < 6; i++) {
      home.pass(150);
      await sweepRuns(home);
      const running = (await home.table.getMany(await home.table.swept('run'))) as (RunItem | undefined)[];
      expect(running.filter((run) => run?.state === 'running').length).toBeLessThanOrEqual(1);
      const current = running.find((run) => run?.state === 'running');
      if (current?.number !== last.number || current?.pipeline !== 'two') await end(home, current);
    }
    expect((await now(home, last))?.state, `died at write ${fatal}`).toBe('running');
    expect((await home.table.get(lineKey))?.['waiting']).toBeUndefined();
  }
});
