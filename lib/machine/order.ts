/** The order that `depends_on` gives: which tasks come before which, directly or through others. */
import { InvalidError } from '../errors.ts';
import type { PipelineConfig, TaskConfig } from '../pipeline/config.ts';
import { add, addAll, type Bits, emptyBits } from './bits.ts';

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

/** Throws an `InvalidError` when there is no such order: a cycle, or a parent that is not there. */
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
      const p = position.get(parent) ?? 0;
      add(row, p);
      addAll(row, before[p] ?? row);
    }
  }
  for (const [n, row] of before.entries()) {
    for (let p = 0; p < n; p++) {
      const mine = comparable[n];
      const theirs = comparable[p];
      if (mine && theirs && ((row[p >>> 5] ?? 0) >>> (p & 31)) & 1) {
        add(mine, p);
        add(theirs, n);
      }
    }
  }
  return { tasks: sorted, layer: sorted.map(layerOf), comparable };
}

function layersOf(tasks: readonly TaskConfig[]): Map<string, number> {
  const layers = new Map<string, number>();
  const children = new Map<string, TaskConfig[]>(tasks.map((task) => [task.id, []]));
  const missing = new Map<string, number>();
  for (const task of tasks) {
    const parents = Object.keys(task.depends_on);
    missing.set(task.id, parents.length);
    for (const parent of parents) children.get(parent)?.push(task);
  }
  let ready = tasks.filter((task) => missing.get(task.id) === 0);
  for (let layer = 0; ready.length > 0; layer++) {
    const following: TaskConfig[] = [];
    for (const task of ready) {
      layers.set(task.id, layer);
      for (const child of children.get(task.id) ?? []) {
        const left = (missing.get(child.id) ?? 0) - 1;
        missing.set(child.id, left);
        if (left === 0) following.push(child);
      }
    }
    ready = following;
  }
  const stuck = tasks.find((task) => !layers.has(task.id));
  if (stuck) {
    throw new InvalidError(
      `task "${stuck.id}" can never start: what it depends on is a cycle, or is not in the pipeline`,
    );
  }
  return layers;
}
