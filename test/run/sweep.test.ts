import { describe, expect, test } from 'vitest';
import type { Home } from '../../lib/home.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import type { Container } from '../../lib/ports/containers.ts';
import type { ExecutionState } from '../../lib/ports/machines.ts';
import { findRun } from '../../lib/run/load.ts';
import { startRun } from '../../lib/run/start.ts';
import { sweepRuns } from '../../lib/run/sweep.ts';
import { namespaceKey } from '../../lib/store/items/pipeline.ts';
import { runKey, taskKey } from '../../lib/store/items/run.ts';
import { createMemoryTable } from '../../lib/store/memory.ts';
import { groupOf } from '../../lib/task/group.ts';
import { configOf, createMemoryHome, seeds } from '../memory-home.ts';
import { countedTable } from './counted-table.ts';

/** Runs of one task each, whose container has run since before. Everything that is asked of AWS is written down. */
async function running(count: number, { state = { state: 'running' } as ExecutionState } = {}) {
  const asked: string[] = [];
  const listings: string[] = [];
  const stopped: string[] = [];
  const containers: Container[] = [];
  const counted = countedTable(createMemoryTable());
  const plain = createMemoryHome({ table: counted.table });
  const home: Home & Pick<typeof plain, 'pass'> = {
    ...plain,
    machines: {
      ...plain.machines,
      describe: async ({ name }) => {
        asked.push(name);
        return state;
      },
    },
    containers: {
      ...plain.containers,
      list: async (run) => {
        listings.push(run);
        return [];
      },
      listAll: async () => {
        listings.push('all');
        return containers;
      },
      stop: async (arn) => void stopped.push(arn),
    },
  };
  await home.table.put({
    ...namespaceKey('default'),
    id: 'default',
    name: '',
    description: '',
    created: 0,
    modified: 0,
  });
  await registerConfig(home, { namespace: 'default', pipeline: 'build', config: configOf('build') });
  const initiator = { id: '', user: '' };
  const { uid } = await startRun(home, { namespace: 'default', pipeline: 'build', variables: {}, initiator });
  const first = await home.table.get(runKey(uid, 1));
  for (const number of seeds(count)) {
    const group = groupOf({ uid, number, task: 'only', launch: 1 });
    const now = home.now();
    containers.push({ arn: group, group, lastStatus: 'RUNNING', createdAt: now, startedAt: now });
    if (first) await home.table.put({ ...first, ...runKey(uid, number), number, news: now });
    const launch_1 = { arn: group, state: 'RUNNING', started: now };
    await home.table.put({
      ...taskKey(uid, number, 'only'),
      phase: 'granted',
      launch: 1,
      attempt: 1,
      news: now,
      launch_1,
    });
  }
  counted.reset();
  return { home, uid, asked, listings, stopped, containers, operations: counted.operations };
}

const minute = 60;

describe('2,000 runs at once', () => {
  test('take one listing a sweep, and no question about executions that go as they should', async () => {
    const { home, asked, listings, operations } = await running(2000);
    home.pass(5 * minute);
    expect(await sweepRuns(home)).toMatchObject({ runs: 2000, errors: [] });
    expect({ asked, listings }).toEqual({ asked: [], listings: ['all'] });
    const { units, calls } = operations();
    expect(units).toBe(0);
    // The list of runs in batches, then three reads a run: at 5 ms each and 8 beside each other, 4 s.
    expect(calls).toBeLessThanOrEqual(1 + 3 * 2000);
  });

  test('are each asked about in time, 250 a sweep at most, those of longest ago first', async () => {
    const { home, asked, listings } = await running(2000);
    home.pass(30 * minute);
    const sweeps = 10;
    for (let sweep = 1; sweep <= sweeps; sweep++) {
      const before = asked.length;
      await sweepRuns(home);
      expect(asked.length - before).toBeLessThanOrEqual(250);
      home.pass(minute);
    }
    expect(new Set(asked).size).toBe(2000);
    expect(asked).toHaveLength(2000);
    expect(listings).toHaveLength(sweeps);
  });

  test('leave room for the one that needs it: a run whose container is gone is asked about among the first', async () => {
    const { home, uid, asked, containers } = await running(2000);
    containers.splice(1233, 1);
    home.pass(3 * minute);
    await sweepRuns(home);
    expect(asked).toEqual([`${uid}_1234`]);
  });
});

test('a container is left alone as long as nobody has asked whether its execution lives', async () => {
  const state = { state: 'closed', status: 'FAILED', stopped: 0 } as const;
  const { home, stopped } = await running(300, { state });
  home.pass(30 * minute);
  await sweepRuns(home);
  expect(stopped).toHaveLength(200);
});

test('a run whose launches wait for room is asked about only when one is tried', async () => {
  const { home, uid, asked, listings, containers } = await running(1);
  containers.length = 0;
  home.pass(5 * minute);
  const not_before = home.now() + 30_000;
  const waits = { phase: 'held', launch: 4, attempt: 1, error: 'AmazonECS.Unknown', tokens: new Set(['token']) };
  await home.table.put({ ...taskKey(uid, 1, 'only'), ...waits, not_before });
  await sweepRuns(home);
  expect(asked).toEqual([]);
  home.pass(minute);
  await sweepRuns(home);
  expect(asked).toEqual([`${uid}_1`]);
  expect(await home.table.get(taskKey(uid, 1, 'only'))).toMatchObject({ phase: 'granted', launch: 5 });
  expect(listings).toEqual(['all', 'all']);
});

test('a run that is over and done with is on no list any more', async () => {
  const { home, uid } = await running(1);
  await home.table.update(runKey(uid, 1), { set: { state: 'complete', status: 'successful', ended: home.now() } });
  home.pass(11 * minute);
  const closed = { state: 'closed', status: 'SUCCEEDED', stopped: 0 } as const;
  const idle = { ...home.containers, listAll: async () => [] };
  await sweepRuns({ ...home, containers: idle, machines: { ...home.machines, describe: async () => closed } });
  expect((await findRun(home, uid, 1))?.sweep).toBeUndefined();
});
