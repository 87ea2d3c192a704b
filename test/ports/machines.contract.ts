/** What every implementation of the port Machines does: described once, run on each. */
import { describe, expect, test, vi } from 'vitest';
import { compile } from '../../lib/machine/compile.ts';
import { parsePipeline } from '../../lib/pipeline/schema.ts';
import {
  type ExecutionState,
  type MachineDefinition,
  MachineMissingError,
  type Machines,
} from '../../lib/ports/machines.ts';

export type MachinesUnderTest = {
  readonly machines: Machines;
  /** Payloads that the step functions were called with, in order. */
  readonly invocations: readonly { readonly name: string; readonly payload: Readonly<Record<string, unknown>> }[];
  /** Groups of the containers that the machine has started; each ends well at once. */
  readonly launched: readonly string[];
  close(): Promise<void>;
};

export const nextFunction = 'next-function';
export const finishFunction = 'finish-function';

/** A machine of one task, `only`, with three attempts. */
export function definition(): MachineDefinition {
  const parsed = parsePipeline({
    id: 'contract',
    tasks: [{ id: 'only', image: 'busybox', retry: { attempts: 3, interval: 1 } }],
  });
  if (!('config' in parsed)) throw new Error('the example is wrong');
  return compile(parsed.config);
}

const input = (name: string) =>
  JSON.stringify({ r: name, c: 'cluster', n: {}, f: nextFunction, g: finishFunction, o: {} });

const request = (name: string) => ({ k: 1, d: 'definition:1', g: `${name}/only/1`, p: [], v: {} });

export function describeMachines(what: string, create: () => Promise<MachinesUnderTest>): void {
  describe(`machines ${what}`, () => {
    async function started(name: string) {
      const tested = await create();
      const execution = { name, machine: 'gofer_contract_1' };
      await tested.machines.ensure(execution.machine, definition());
      await tested.machines.start({ ...execution, input: input(name) });
      return { ...tested, execution, called: (n: number) => called(tested, n) };
    }

    const called = (tested: MachinesUnderTest, n: number) =>
      vi.waitFor(() => {
        const invocation = tested.invocations[n - 1];
        if (!invocation) throw new Error(`${n} calls expected, ${tested.invocations.length} came`);
        return { ...invocation, token: String(invocation.payload['token']) };
      }, 10_000);

    const closed = (machines: Machines, execution: { name: string; machine: string }) =>
      vi.waitFor(async () => {
        const state = await machines.describe(execution);
        if (state?.state !== 'closed') throw new Error('it is not closed');
        return state satisfies ExecutionState;
      }, 10_000);

    test('asks about the task, runs it, and asks about the run', async () => {
      const { machines, launched, execution, close, ...tested } = await started('r1');
      const next = await tested.called(1);
      expect(next).toMatchObject({ name: nextFunction, payload: { v: 1, run: 'r1', task: 'only', o: {} } });
      expect(await machines.describe(execution)).toEqual({ state: 'running' });
      expect(await machines.answer(next.token, { output: request('r1') })).toBe(true);
      const finish = await tested.called(2);
      expect(finish).toMatchObject({ name: finishFunction, payload: { v: 1, run: 'r1' } });
      expect(launched).toEqual(['r1/only/1']);
      await machines.answer(finish.token, { output: {} });
      expect(await closed(machines, execution)).toMatchObject({ status: 'SUCCEEDED' });
      await close();
    });

    test('passes by a task that is over', async () => {
      const { machines, launched, close, ...tested } = await started('r1');
      await machines.answer((await tested.called(1)).token, { error: 'Gofer.Over', cause: 'skipped' });
      expect((await tested.called(2)).name).toBe(finishFunction);
      expect(launched).toEqual([]);
      await close();
    });

    test('asks again, with another token, after the interval of the attempt', async () => {
      const { machines, close, ...tested } = await started('r1');
      const first = await tested.called(1);
      await machines.answer(first.token, { error: 'Gofer.Again.1' });
      const second = await tested.called(2);
      expect(second.payload).toMatchObject({ task: 'only' });
      expect(second.token).not.toBe(first.token);
      await close();
    });

    test('ends as the run did', async () => {
      const { machines, execution, close, ...tested } = await started('r1');
      await machines.answer((await tested.called(1)).token, { error: 'Gofer.Over' });
      await machines.answer((await tested.called(2)).token, { error: 'Gofer.Failed', cause: 'failed: "only"' });
      const state = await closed(machines, execution);
      expect(state).toMatchObject({ status: 'FAILED', error: 'Gofer.Failed', cause: 'failed: "only"' });
      await close();
    });

    test('takes each token once', async () => {
      const { machines, close, ...tested } = await started('r1');
      const { token } = await tested.called(1);
      expect(await machines.answer(token, { error: 'Gofer.Over' })).toBe(true);
      expect(await machines.answer(token, { error: 'Gofer.Over' })).toBe(false);
      expect(await machines.answer('never given out', { output: {} })).toBe(false);
      await close();
    });

    test('starts an execution once, however often it is asked, also after its end', async () => {
      const { machines, execution, invocations, close, ...tested } = await started('r1');
      await machines.start({ ...execution, input: input('r1') });
      await machines.answer((await tested.called(1)).token, { error: 'Gofer.Over' });
      await machines.answer((await tested.called(2)).token, { output: {} });
      await closed(machines, execution);
      await machines.start({ ...execution, input: input('r1') });
      expect(await machines.describe(execution)).toMatchObject({ state: 'closed' });
      expect(invocations).toHaveLength(2);
      await close();
    });

    test('stops an execution: its tokens are gone, and stopping it again changes nothing', async () => {
      const { machines, execution, close, ...tested } = await started('r1');
      const { token } = await tested.called(1);
      await machines.stop(execution, 'enough');
      expect(await machines.describe(execution)).toMatchObject({ state: 'closed', status: 'ABORTED' });
      expect(await machines.answer(token, { output: request('r1') })).toBe(false);
      await machines.stop(execution, 'enough');
      await machines.stop({ name: 'unknown', machine: execution.machine }, 'enough');
      await close();
    });

    test('starts nothing on a machine that was removed, until it is made again', async () => {
      const { machines, execution, close, ...tested } = await started('r1');
      await machines.answer((await tested.called(1)).token, { error: 'Gofer.Over' });
      await machines.answer((await tested.called(2)).token, { output: {} });
      await closed(machines, execution);
      await machines.remove(execution.machine);
      await machines.remove(execution.machine);
      const another = { name: 'r2', machine: execution.machine };
      await expect(machines.start({ ...another, input: input('r2') })).rejects.toThrow(MachineMissingError);
      expect(await machines.describe(another)).toBeUndefined();
      await machines.ensure(execution.machine, definition());
      await machines.start({ ...another, input: input('r2') });
      expect(await machines.describe(another)).toEqual({ state: 'running' });
      await close();
    });

    test('knows nothing of an execution that was never started', async () => {
      const { machines, close } = await create();
      expect(await machines.describe({ name: 'unknown', machine: 'gofer_contract_1' })).toBeUndefined();
      await close();
    });
  });
}
