/** Somebody deletes a machine by hand: what nobody has started on it yet must still run. */
import { beforeEach, expect, test } from 'vitest';
import { createSweepHandler } from '../../lambdas/events/sweep.ts';
import { deploy } from '../../lib/deployment/deploy.ts';
import { ensureDefaultNamespace } from '../../lib/namespace/namespaces.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import { MachineMissingError } from '../../lib/ports/machines.ts';
import { findRun } from '../../lib/run/load.ts';
import { startRun } from '../../lib/run/start.ts';
import { configOf, createMemoryHome, type MemoryHome } from '../memory-home.ts';

const build = { namespace: 'default', pipeline: 'build' };
const request = { ...build, variables: {}, initiator: { id: '', user: '' } };

let home: MemoryHome;
/** Machines of the executions, one entry a start. */
let started: string[];

beforeEach(async () => {
  const memory = createMemoryHome();
  started = [];
  const machines: MemoryHome['machines'] = {
    ...memory.machines,
    start: async ({ machine }) => {
      if (!memory.ensured.has(machine)) throw new MachineMissingError(machine);
      started.push(machine);
    },
  };
  home = { ...memory, machines };
  await ensureDefaultNamespace(home);
  await registerConfig(home, { ...build, config: configOf('build') });
  await deploy(home, { ...build, version: 1 });
});

test('the next run makes it again, and starts', async () => {
  home.ensured.clear();
  const { uid, number, machine } = await startRun(home, request);
  expect(started).toEqual([machine]);
  expect(await findRun(home, uid, number)).toMatchObject({ state: 'running', begun: true, machine });
});

test('a function that may not make machines leaves that to the sweep', async () => {
  home.ensured.clear();
  const refusing = { ...home.machines, ensure: () => Promise.reject(new Error('AccessDenied')) };
  await expect(startRun({ ...home, machines: refusing }, request)).rejects.toThrow('AccessDenied');
  home.pass(121);
  await createSweepHandler(home)();
  expect(started).toHaveLength(1);
});

test('a run whose machine can’t be made as it was, for a setting has changed, moves to another', async () => {
  const other = { ...home, settings: { ...home.settings, defaultTimeout: 60 } };
  home.ensured.clear();
  const { uid, number, machine: before } = await startRun(other, request);
  const moved = await findRun(home, uid, number);
  expect(moved?.machine).not.toBe(before);
  expect(started).toEqual([moved?.machine]);
});

test('what else goes wrong at the start is told as it is', async () => {
  const throttled = { ...home.machines, start: () => Promise.reject(new Error('throttled')) };
  const failing = { ...home, machines: throttled };
  home.ensured.clear();
  await expect(startRun(failing, request)).rejects.toThrow('throttled');
  expect(home.ensured.size).toBe(0);
});
