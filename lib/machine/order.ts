/** The order that `depends_on` gives: which tasks come before which, directly or through others. */
import { InvalidError } from '../errors.ts';
import type { PipelineConfig, TaskConfig } from '../pipeline/config.ts';
import { topologicalOrder } from '../pipeline/dag.ts';
import { add, addAll, type Bits, emptyBits, members } from './bits.ts';

/**
 * Tasks are numbered by layer, then by id: a task's number is above those of all it depends on, and does not change
 * when the config lists the same tasks in another order.
 */
export type Order = {
  readonly tasks: readonly TaskConfig[];
  /** Length of the longest way to each task from a task without parents. */
  readonly layer: readonly number[];
  /** For each task all those that come before or after it. */
  readonly comparable: readonly Bits[];
};

/** Throws an `InvalidError` when a cycle leaves no order. */
export function orderOf({ tasks }: Pick<PipelineConfig, 'tasks'>): Order {
  const layers = layersOf(tasks);
  const layerOf = (task: TaskConfig) => layers.get(task.id) ?? 0;
  const sorted = tasks.toSorted((a, b) => layerOf(a) - layerOf(b) || (a.id < b.id ? -1 : 1));
  const size = sorted.length;
  const position = new Map(sorted.map((task, n) => [task.id, n]));
  const before = sorted.map(() => emptyBits(size));
  const comparable = sorted.map(() => emptyBits(size));

  for (const [n, task] of sorted.entries()) {
    const row = before[n] ?? emptyBits(size);
    for (const parent of Object.keys(task.depends_on)) {
      const p = position.get(parent);
      if (p === undefined) continue;
      add(row, p);
      addAll(row, before[p] ?? row);
    }
  }
  for (const [n, row] of before.entries()) {
    addAll(comparable[n] ?? row, row);
    for (const p of members(row)) add(comparable[p] ?? row, n);
  }
  return { tasks: sorted, layer: sorted.map(layerOf), comparable };
}

function layersOf(tasks: readonly TaskConfig[]): Map<string, number> {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const layers = new Map<string, number>();
  for (const id of topologicalOrder(tasks)) {
    const parents = Object.keys(byId.get(id)?.depends_on ?? {});
    layers.set(id, Math.max(0, ...parents.map((parent) => 1 + (layers.get(parent) ?? 0))));
  }
  const stuck = tasks.find(({ id }) => !layers.has(id));
  if (stuck) throw new InvalidError(`task "${stuck.id}" can never start: it depends on itself through others`);
  return layers;
}
