import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createLocalMachines } from '../../lib/local/machines.ts';
import {
  definition,
  describeMachines,
  finishFunction,
  type MachinesUnderTest,
  nextFunction,
} from '../ports/machines.contract.ts';

async function create(data?: string): Promise<MachinesUnderTest & { data: string; ends: string[] }> {
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'gofer-machines-')));
  const invocations: { name: string; payload: Record<string, unknown> }[] = [];
  const launched: string[] = [];
  const ends: string[] = [];
  const step = (name: string) => async (payload: unknown) => {
    invocations.push({ name, payload: payload as Record<string, unknown> });
  };
  const machines = createLocalMachines({
    data: folder,
    functions: { [nextFunction]: step(nextFunction), [finishFunction]: step(finishFunction) },
    runTask: async (parameters) => {
      launched.push((parameters as { Group: string }).Group);
      return {};
    },
    onEnd: ({ detail }) => ends.push(`${detail.name} ${detail.status}`),
    now: Date.now,
  });
  const close = async () => {
    machines.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { machines, invocations, launched, ends, data: folder, close };
}

describeMachines('on one machine', create);

const input = JSON.stringify({ r: 'r1', c: '', n: {}, f: nextFunction, g: finishFunction, o: {} });
const execution = { name: 'r1', machine: 'gofer_contract_1' };

test('a machine outlives the server: its executions run again from the beginning', async () => {
  const first = await create();
  await first.machines.ensure(execution.machine, definition());
  await first.machines.start({ ...execution, input });
  await vi.waitFor(() => expect(first.invocations).toHaveLength(1));
  (first.machines as ReturnType<typeof createLocalMachines>).close();
  const second = await create(first.data);
  expect(await second.machines.describe(execution)).toBeUndefined();
  await second.machines.start({ ...execution, input });
  await vi.waitFor(() => expect(second.invocations).toHaveLength(1));
  expect(first.ends).toEqual([]);
  await second.close();
});

test('tells of executions that end other than well', async () => {
  const { machines, ends, close } = await create();
  await machines.ensure(execution.machine, definition());
  await machines.start({ ...execution, input });
  await machines.stop(execution, 'enough');
  expect(ends).toEqual(['r1 ABORTED']);
  await close();
});

test('an unknown machine is an error, and starting can be tried again', async () => {
  const { machines, close } = await create();
  await expect(machines.start({ ...execution, input })).rejects.toThrow(/gofer_contract_1/);
  await machines.ensure(execution.machine, definition());
  await machines.start({ ...execution, input });
  expect(await machines.describe(execution)).toEqual({ state: 'running' });
  await close();
});
