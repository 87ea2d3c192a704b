import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { PipelineConfig } from '../../lib/pipeline/config.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import type { MachineDefinition } from '../../lib/ports/machines.ts';
import { findRun } from '../../lib/run/load.ts';
import { startRun } from '../../lib/run/start.ts';
import { namespaceKey } from '../../lib/store/items/pipeline.ts';
import { tasksPartition } from '../../lib/store/items/run.ts';
import { runName } from '../../lib/task/group.ts';
import type { Behaviour } from './reference.ts';
import { createVirtualHome } from './virtual-home.ts';

/**
 * A machine as the first version of the compiler wrote it. Installations have such machines, and executions of them, long
 * after an upgrade: this file is never written again.
 */
const { config, definition } = JSON.parse(
  readFileSync(new URL('fixtures/first-version.json', import.meta.url), 'utf8'),
) as { config: PipelineConfig; definition: MachineDefinition };

const ends = (...exits: number[]): Behaviour => {
  const [first = { seconds: 10, exit: 0 }, ...more] = exits.map((exit) => ({ seconds: 10, exit }));
  return { attempts: [first, ...more], refused: 0 };
};

test.each([
  ['all goes well', {}, 'successful', {}],
  ['a task needs its second attempt', { flaky: ends(1, 0) }, 'successful', {}],
  ['a task fails for good', { flaky: ends(1, 1) }, 'failed', { flaky: 'failed', join: 'skipped' }],
  [
    'what handles a failure runs',
    { source: ends(2) },
    'failed',
    { source: 'failed', rescue: 'successful', flaky: 'skipped' },
  ],
  ['a launch is refused at first', { quick: { ...ends(0), refused: 2 } }, 'successful', {}],
] as const)(
  "a machine of the compiler's first version runs with today's functions: %s",
  async (_, special, outcome, statuses) => {
    const plan = new Map(config.tasks.map(({ id }) => [id, (special as Record<string, Behaviour>)[id] ?? ends(0)]));
    const world = createVirtualHome(plan, () => 0.5);
    const { machines } = world.home;
    // Whatever today's compiler makes of the config, the machine is what it was.
    const home = {
      ...world.home,
      machines: { ...machines, ensure: (name: string) => machines.ensure(name, definition) },
    };
    await home.table.put({
      ...namespaceKey('default'),
      id: 'default',
      name: '',
      description: '',
      created: 0,
      modified: 0,
    });
    await registerConfig(home, { namespace: 'default', pipeline: config.id, config });
    const initiator = { id: '', user: '' };
    const { uid, number } = await startRun(home, {
      namespace: 'default',
      pipeline: config.id,
      variables: {},
      initiator,
    });
    await world.run();
    const rows = await home.table.query(tasksPartition(uid, number));
    expect((await findRun(home, uid, number))?.status).toBe(outcome);
    expect(Object.fromEntries(rows.map(({ sk, status }) => [sk, status]))).toMatchObject(statuses);
    expect(world.executions.get(runName(uid, number))).toMatchObject({
      state: 'closed',
      status: outcome === 'successful' ? 'SUCCEEDED' : 'FAILED',
    });
  },
);
