/** Runs for which AWS has too little room. An execution has 25,000 history events, so waiting may cost next to none. */
import { expect, test } from 'vitest';
import { longestHistory } from '../../lib/machine/limits.ts';
import type { PipelineConfig } from '../../lib/pipeline/config.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import { findRun } from '../../lib/run/load.ts';
import { startRun } from '../../lib/run/start.ts';
import { namespaceKey } from '../../lib/store/items/pipeline.ts';
import { pipeline, task } from './pipelines.ts';
import { createVirtualHome } from './virtual-home.ts';

const minute = 60;
const hour = 60 * minute;

/** A task of 0.25 vCPU, of which 6 vCPU have room for 24. */
const fanOut = (count: number) => pipeline(...Array.from({ length: count }, (_, n) => task(`task-${n}`)));

/** Runs the pipeline with tasks of `seconds` each, where `room` says how many may live at a time. */
async function run(config: PipelineConfig, seconds: number, room: (time: number) => number) {
  const plan = new Map(config.tasks.map(({ id }) => [id, { attempts: [{ seconds, exit: 0 }] as const, refused: 0 }]));
  const world = createVirtualHome(plan, () => 0.5, room);
  const { home } = world;
  const namespace = { id: 'default', name: 'default', description: '', created: 0, modified: 0 };
  await home.table.put({ ...namespaceKey('default'), ...namespace });
  await registerConfig(home, { namespace: 'default', pipeline: config.id, config });
  const initiator = { id: 'test', user: 'test' };
  const { uid, number } = await startRun(home, { namespace: 'default', pipeline: config.id, variables: {}, initiator });
  await world.run();
  const found = await findRun(home, uid, number);
  return {
    status: found?.status,
    ended: (found?.ended ?? 0) / 1000,
    containers: world.started.length,
    listings: world.listings.length,
    // A state that is entered, waits or runs, and is left writes six events at most, and four when it only asks again.
    events: world.entered.length * 6,
  };
}

test('100 tasks that wait 2 hours for 6 vCPU use a fraction of the history, and end well', async () => {
  const found = await run(fanOut(100), 10 * minute, (time) => (time < 2 * hour ? 6 : 24));
  expect(found).toMatchObject({ status: 'successful', containers: 100 });
  expect(found.ended).toBeGreaterThan(2 * hour);
  expect(found.events).toBeLessThan(longestHistory / 4);
});

test('a day without any room is waited for, and then all of it is used', async () => {
  const found = await run(fanOut(100), 10 * minute, (time) => (time < 24 * hour ? 0 : 100));
  expect(found).toMatchObject({ status: 'successful', containers: 100 });
  expect(found.ended).toBeLessThan(25 * hour);
  expect(found.events).toBeLessThan((longestHistory * 2) / 3);
});

test('500 tasks that wait for each other’s room take hardly longer than it needs to run them', async () => {
  const found = await run(fanOut(500), 10 * minute, () => 24);
  expect(found).toMatchObject({ status: 'successful', containers: 500 });
  // 21 rounds of 10 minutes, and two sweeps' time between them.
  expect(found.ended).toBeLessThan(21 * 12 * minute);
  expect(found.events).toBeLessThan((longestHistory * 2) / 3);
});

test('nobody lists the cluster but the sweep, once a minute', async () => {
  const found = await run(fanOut(100), 10 * minute, () => 24);
  expect(found.listings).toBeLessThanOrEqual(found.ended / minute + 1);
});
