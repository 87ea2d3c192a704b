import { expect, test } from 'vitest';
import { registerConfig } from '../../lib/pipeline/register.ts';
import { findRun } from '../../lib/run/load.ts';
import { startRun } from '../../lib/run/start.ts';
import { sweepRuns } from '../../lib/run/sweep.ts';
import { namespaceKey } from '../../lib/store/items/pipeline.ts';
import { chain, diamond } from '../machine/pipelines.ts';
import { createVirtualHome } from '../machine/virtual-home.ts';
import { countedTable } from './counted-table.ts';

/** Operations of a run in which all goes well, from its start to its end, events included. */
async function operationsOf(config: ReturnType<typeof chain>) {
  const plan = new Map(
    config.tasks.map(({ id }) => [id, { attempts: Array(3).fill({ seconds: 1, exit: 0 }), refused: 0 } as never]),
  );
  const world = createVirtualHome(plan, () => 0.5);
  const counted = countedTable(world.home.table);
  Object.assign(world.home, { table: counted.table });
  const { home } = world;
  const namespace = { id: 'default', name: 'default', description: '', created: 0, modified: 0 };
  await home.table.put({ ...namespaceKey('default'), ...namespace });
  await registerConfig(home, { namespace: 'default', pipeline: config.id, config });
  const start = () =>
    startRun(home, {
      namespace: 'default',
      pipeline: config.id,
      variables: {},
      initiator: { id: '', user: '' },
    });
  const toItsEnd = async () => {
    const { uid, number } = await start();
    await world.run();
    world.pass(10 * 60);
    await sweepRuns(home);
    const run = await findRun(home, uid, number);
    expect(run?.status).toBe('successful');
    // Over and done with: the sweep has nothing more to write.
    expect(run?.sweep).toBeUndefined();
  };
  await toItsEnd();
  counted.reset();
  await toItsEnd();
  return counted.operations();
}

const short = 10;
const long = 30;
/** What each task adds, and what a run takes beside its tasks. */
const perTask = async (shape: (n: number) => ReturnType<typeof chain>) => {
  const [few, many] = [await operationsOf(shape(short)), await operationsOf(shape(long))];
  return {
    units: (many.units - few.units) / (long - short),
    items: (many.items - few.items) / (long - short),
    run: few.units - (short * (many.units - few.units)) / (long - short),
  };
};

test('a task in a chain takes 7 write units, a run 14 beside, with the index of the sweep and the event log', async () => {
  const { units, run } = await perTask(chain);
  expect(units).toBeLessThanOrEqual(7);
  expect(run).toBeLessThanOrEqual(14);
});

test('a task of a diamond takes no more reads the more there are', async () => {
  const { units, items } = await perTask(diamond);
  expect(units).toBeLessThanOrEqual(7);
  expect(items).toBeLessThanOrEqual(16);
});
