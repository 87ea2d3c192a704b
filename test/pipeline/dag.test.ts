import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { childrenOf, conditionMet, findCycles, parentsOf, topologicalOrder } from '../../lib/pipeline/dag.ts';

type Node = { id: string; depends_on: Record<string, 'any'> };
const node = (id: string, ...parents: string[]): Node => ({
  id,
  depends_on: Object.fromEntries(parents.map((parent) => [parent, 'any' as const])),
});

const graph = fc
  .array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 20 })
  .map((edges) =>
    Array.from({ length: 10 }, (_, i) =>
      node(`t${i}`, ...edges.filter(([from]) => from === i).map(([, to]) => `t${to}`)),
    ),
  );

describe('conditions', () => {
  test.each([
    ['any', { successful: true, failed: true, skipped: true, cancelled: false }],
    ['success', { successful: true, failed: false, skipped: false, cancelled: false }],
    ['failure', { successful: false, failed: true, skipped: false, cancelled: false }],
  ] as const)('%s', (condition, met) => {
    for (const status of ['successful', 'failed', 'skipped', 'cancelled'] as const)
      expect([status, conditionMet(condition, status)]).toEqual([status, met[status]]);
  });
});

test('parents come before children, otherwise the order of the config is kept', () => {
  expect(topologicalOrder([node('ddd', 'bbb', 'ccc'), node('ccc', 'aaa'), node('bbb', 'aaa'), node('aaa')])).toEqual([
    'aaa',
    'ccc',
    'bbb',
    'ddd',
  ]);
});

test('children are listed with their parents', () => {
  expect(Object.fromEntries(childrenOf([node('aaa'), node('bbb', 'aaa'), node('ccc', 'aaa', 'bbb')]))).toEqual({
    aaa: ['bbb', 'ccc'],
    bbb: ['ccc'],
    ccc: [],
  });
});

test('there is either an order of all tasks, or a cycle of real dependencies', () => {
  fc.assert(
    fc.property(graph, (tasks) => {
      const order = topologicalOrder(tasks);
      const cycles = findCycles(tasks);
      expect(cycles.length === 0).toBe(order.length === tasks.length);
      const parents = new Map(tasks.map((task) => [task.id, parentsOf(task)]));
      for (const [at, id] of order.entries())
        for (const parent of parents.get(id) ?? []) expect(order.slice(0, at)).toContain(parent);
      for (const cycle of cycles) {
        expect(cycle[0]).toBe(cycle.at(-1));
        for (const [at, id] of cycle.slice(0, -1).entries()) expect(parents.get(id)).toContain(cycle[at + 1]);
      }
    }),
  );
});

test('a chain of 10,000 tasks is no trouble', () => {
  const chain = Array.from({ length: 10_000 }, (_, i) => node(`t${i}`, ...(i ? [`t${i - 1}`] : [])));
  expect(topologicalOrder(chain.toReversed())).toEqual(chain.map(({ id }) => id));
  expect(findCycles(chain)).toEqual([]);
});
