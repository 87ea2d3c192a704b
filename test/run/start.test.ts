import { describe, expect, it } from 'vitest';
import { resumeRuns } from '../../lib/local/resume.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import { startRun } from '../../lib/run/start.ts';
import { namespaceKey, pipelinePartition } from '../../lib/store/items/pipeline.ts';
import { requestKey, runPrefix } from '../../lib/store/items/run.ts';
import { createMemoryTable } from '../../lib/store/memory.ts';
import { configOf, createMemoryHome, interleavedTable, type MemoryHome, seeds } from '../memory-home.ts';

const request = (idempotencyKey?: string, variables: Record<string, string> = {}) => ({
  namespace: 'default',
  pipeline: 'build',
  variables,
  initiator: { id: '', user: '' },
  ...(idempotencyKey !== undefined && { idempotencyKey }),
});

async function prepared(home: MemoryHome): Promise<MemoryHome> {
  const namespace = { id: 'default', name: 'default', description: '', created: 0, modified: 0 };
  await home.table.put({ ...namespaceKey('default'), ...namespace });
  await registerConfig(home, { namespace: 'default', pipeline: 'build', config: configOf('build') });
  return home;
}

describe('an Idempotency-Key', () => {
  it('starts one run, however many servers hear of it at once, beside others', async () => {
    for (const seed of seeds(150)) {
      const table = createMemoryTable();
      await prepared(createMemoryHome({ table }));
      const server = (n: number) =>
        createMemoryHome({ table: interleavedTable(table, seed * 10 + n), seed: seed * 10 + n });
      const same = [1, 2, 3].map((n) => startRun(server(n), request('again')));
      const others = [4, 5].map((n) => startRun(server(n), request()));
      const numbers = new Set((await Promise.all(same)).map(({ number }) => number));
      await Promise.all(others);
      expect([seed, numbers.size]).toEqual([seed, 1]);
      const [run] = await Promise.all(same);
      const rows = await table.query(pipelinePartition(run?.uid ?? ''), { prefix: runPrefix });
      expect(rows).toHaveLength(3);
    }
  });

  it('carries out what a server that died had intended', async () => {
    const home = await prepared(createMemoryHome());
    const first = await startRun(home, request('a'));
    await home.table.delete({ pk: first.pk, sk: first.sk });
    expect((await startRun(home, request('a'))).number).toBe(first.number);
  });

  it('is told by its variables, in whatever order, and refused with others', async () => {
    const home = await prepared(createMemoryHome());
    const { number } = await startRun(home, request('a', { X: '1', Y: '2' }));
    expect((await startRun(home, request('a', { Y: '2', X: '1' }))).number).toBe(number);
    await expect(startRun(home, request('a', { X: '2' }))).rejects.toThrow('other variables');
  });

  it('is forgotten after 24 h, whether the table has removed it or not', async () => {
    const home = await prepared(createMemoryHome());
    const { number, uid } = await startRun(home, request('a'));
    home.pass(24 * 3600 + 2);
    expect((await startRun(home, request('a'))).number).toBe(number + 1);
    expect(await home.table.get(requestKey(uid, 'a'))).toMatchObject({ number: number + 1 });
  });
});

describe('taking up unfinished runs', () => {
  it('one that can not be taken up keeps no other from it', async () => {
    const home = await prepared(createMemoryHome());
    const broken = await startRun(home, request());
    await startRun(home, request());
    const machines = {
      ...home.machines,
      start: async ({ name }: { name: string }) => {
        if (name.endsWith(`_${broken.number}`)) throw new Error('its machine is not readable');
      },
    };
    const failed: number[] = [];
    expect(await resumeRuns({ ...home, machines }, ({ number }) => failed.push(number))).toBe(1);
    expect(failed).toEqual([broken.number]);
  });
});
