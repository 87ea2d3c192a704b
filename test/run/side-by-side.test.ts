/** Starts of one pipeline at once, in one process: their numbers, their order, and what is left when a write fails. */
import { expect, test } from 'vitest';
import { registerConfig } from '../../lib/pipeline/register.ts';
import type { RunItem } from '../../lib/run/run.ts';
import { startRun } from '../../lib/run/start.ts';
import { namespaceKey, pipelinePartition } from '../../lib/store/items/pipeline.ts';
import { runPrefix } from '../../lib/store/items/run.ts';
import { createMemoryTable } from '../../lib/store/memory.ts';
import type { Table } from '../../lib/store/table.ts';
import { configOf, createMemoryHome, interleavedTable, seeds } from '../memory-home.ts';
import { countedTable } from './counted-table.ts';

const request = (idempotencyKey?: string) => ({
  namespace: 'default',
  pipeline: 'build',
  variables: {},
  initiator: { id: '', user: '' },
  ...(idempotencyKey !== undefined && { idempotencyKey }),
});

type Options = { readonly seed: number; readonly parallelism: number; readonly around?: (table: Table) => Table };

/** A server that notes in which order executions start. */
async function server({ seed, parallelism, around = (table) => table }: Options) {
  const table = createMemoryTable();
  const prepared = createMemoryHome({ table });
  const namespace = { id: 'default', name: 'default', description: '', created: 0, modified: 0 };
  await table.put({ ...namespaceKey('default'), ...namespace });
  const config = configOf('build', 'busybox', { parallelism });
  const { pipeline } = await registerConfig(prepared, { namespace: 'default', pipeline: 'build', config });
  const started: number[] = [];
  const home = createMemoryHome({ table: around(interleavedTable(table, seed)), seed });
  const machines = {
    ...home.machines,
    start: async ({ name }: { readonly name: string }) => void started.push(Number(name.split('_').at(-1))),
  };
  const rows = async () => (await table.query(pipelinePartition(pipeline.uid), { prefix: runPrefix })) as RunItem[];
  return { home: { ...home, machines }, started, rows };
}

const count = 12;
const oneTo = (n: number) => seeds(n);

test('every run has its number, without a gap, and they begin in the order of their numbers', async () => {
  for (const seed of seeds(100)) {
    const { home, started, rows } = await server({ seed, parallelism: seed % 2 ? 0 : count });
    const runs = await Promise.all(oneTo(count).map((n) => startRun(home, request(n % 4 ? undefined : `key ${n}`))));
    expect([seed, runs.map(({ number }) => number).sort((a, b) => a - b)]).toEqual([seed, oneTo(count)]);
    expect([seed, (await rows()).map(({ state }) => state)]).toEqual([seed, Array(count).fill('running')]);
    expect([seed, started]).toEqual([seed, oneTo(count)]);
  }
});

test('who hears of a number can rely on the ones before it', async () => {
  for (const seed of seeds(100)) {
    const { home, rows } = await server({ seed, parallelism: 1 });
    const answered = { ...home, afterwards: async () => undefined };
    const known = oneTo(count).map(async () => {
      const { number } = await startRun(answered, request());
      expect([seed, (await rows()).slice(0, number).map((run) => run.number)]).toEqual([seed, oneTo(number)]);
    });
    await Promise.all(known);
  }
});

test('a write that fails takes its own start with it, and no other', async () => {
  for (const seed of seeds(100)) {
    const failing = (table: Table): Table => ({
      ...table,
      put: async (item, condition) => {
        if (item.sk.startsWith(runPrefix) && item.sk.endsWith(String(seed % count))) throw new Error('throttled');
        return table.put(item, condition);
      },
    });
    const { home, started, rows } = await server({ seed, parallelism: 0, around: failing });
    const starts = await Promise.allSettled(oneTo(count).map(() => startRun(home, request())));
    const accepted = starts.filter(({ status }) => status === 'fulfilled').length;
    expect([seed, accepted]).toEqual([seed, (await rows()).length]);
    expect([seed, started.length]).toEqual([seed, accepted]);
    expect([seed, started]).toEqual([seed, [...started].sort((a, b) => a - b)]);
  }
});

test('a write that is repeated, as its answer was lost, makes one run', async () => {
  for (const seed of seeds(100)) {
    const repeating = (table: Table): Table => ({
      ...table,
      put: async (item, condition) => {
        const written = await table.put(item, condition);
        const lost = item.sk.startsWith(runPrefix) && Number(item.sk.slice(-2)) % 3 === seed % 3;
        return lost ? table.put(item, condition) : written;
      },
    });
    const { home, started, rows } = await server({ seed, parallelism: 0, around: repeating });
    const runs = await Promise.all(oneTo(count).map((n) => startRun(home, request(n % 4 ? undefined : `key ${n}`))));
    expect([seed, runs.map(({ number }) => number).sort((a, b) => a - b)]).toEqual([seed, oneTo(count)]);
    expect([seed, (await rows()).length, started.length]).toEqual([seed, count, count]);
  }
});

test('an accepted run costs no read for that', async () => {
  const { home } = await server({ seed: 1, parallelism: 0 });
  const answered = { ...home, afterwards: async () => undefined };
  await startRun(answered, request());
  const counted = countedTable(home.table);
  await startRun({ ...answered, table: counted.table }, request());
  const first = counted.operations();
  counted.reset();
  await startRun({ ...answered, table: counted.table }, request());
  // Preferences and pipeline in one call: config and newest number are known by now.
  expect([first.calls > 1, counted.operations().calls]).toEqual([true, 1]);
});
