/** The graph that `depends_on` gives. Pure; everything here is linear in tasks and dependencies. */
import type { ParentCondition, TaskConfig } from './config.ts';

type Outcome = 'successful' | 'failed' | 'skipped' | 'cancelled';
type Node = { readonly id: string; readonly depends_on: Readonly<Record<string, unknown>> };

const accepted: Readonly<Record<ParentCondition, readonly Outcome[]>> = {
  any: ['successful', 'failed', 'skipped'],
  success: ['successful'],
  failure: ['failed'],
};

/** Whether a parent that ended with `status` lets the dependant run. A cancelled parent meets no condition. */
export const conditionMet = (condition: ParentCondition, status: Outcome): boolean =>
  accepted[condition].includes(status);

export const parentsOf = (task: Pick<TaskConfig, 'depends_on'>): string[] => Object.keys(task.depends_on);

/** For each task, the ids of the tasks that depend on it, in the order of the config. */
export function childrenOf(tasks: readonly Node[]): Map<string, string[]> {
  const children = new Map<string, string[]>(tasks.map(({ id }) => [id, []]));
  for (const task of tasks) for (const parent of Object.keys(task.depends_on)) children.get(parent)?.push(task.id);
  return children;
}

/** Ids with parents before children; otherwise the order of the config. Tasks on or behind a cycle are missing. */
export function topologicalOrder(tasks: readonly Node[]): string[] {
  const children = childrenOf(tasks);
  const missing = new Map(
    tasks.map(({ id, depends_on }) => [id, Object.keys(depends_on).filter((parent) => children.has(parent)).length]),
  );
  const order = tasks.filter(({ id }) => missing.get(id) === 0).map(({ id }) => id);
  for (const id of order) {
    for (const child of children.get(id) ?? []) {
      const left = (missing.get(child) ?? 0) - 1;
      missing.set(child, left);
      if (left === 0) order.push(child);
    }
  }
  return order;
}

/** Each costs a walk over the graph, and nobody mends more of them at once. */
export const mostCycles = 20;

/** Cycles that share no task, each as a path in the direction of `depends_on` that ends where it began: `[a, b, a]`. */
export function findCycles(tasks: readonly Node[]): string[][] {
  const cycles: string[][] = [];
  let left = onCycles(tasks);
  while (left.length && cycles.length < mostCycles) {
    const cycle = walk(left);
    cycles.push(cycle);
    left = onCycles(left.filter(({ id }) => !cycle.includes(id)));
  }
  return cycles;
}

/** Without the tasks that are before or behind every cycle. */
function onCycles(tasks: readonly Node[]): readonly Node[] {
  const before = new Set(topologicalOrder(tasks));
  const rest = tasks.filter(({ id }) => !before.has(id));
  const children = childrenOf(rest);
  const reversed = rest.map(({ id }) => ({
    id,
    depends_on: Object.fromEntries((children.get(id) ?? []).map((child) => [child, true])),
  }));
  const behind = new Set(topologicalOrder(reversed));
  return rest.filter(({ id }) => !behind.has(id));
}

/** Every task here has a parent here, so following parents must come back to one already seen. */
function walk(tasks: readonly Node[]): string[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const seen = new Map<string, number>();
  const path: string[] = [];
  let id: string | undefined = tasks[0]?.id;
  while (id !== undefined && !seen.has(id)) {
    seen.set(id, path.push(id) - 1);
    id = Object.keys(byId.get(id)?.depends_on ?? {}).find((parent) => byId.has(parent));
  }
  return id === undefined ? path : [...path.slice(seen.get(id)), id];
}
