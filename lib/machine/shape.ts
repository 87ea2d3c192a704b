/** The shape of a pipeline: what follows what, and what runs beside what. */
import type { TaskConfig } from '../pipeline/config.ts';
import { type Bits, bitsOf, has, members } from './bits.ts';
import { components, largestModules } from './modules.ts';
import type { Order } from './order.ts';

/**
 * `series`: every task of a part depends on every task of the part before it. `parallel`: no part waits for another
 * because of the shape. Parts of a series are no series, parts of a parallel are no parallel.
 */
export type Shape =
  | { readonly kind: 'task'; readonly task: TaskConfig }
  | { readonly kind: 'series'; readonly parts: readonly Shape[] }
  | { readonly kind: 'parallel'; readonly parts: readonly Shape[] };

/**
 * Modular decomposition. A part that is neither series nor parallel (the "N": c after a, d after a and b) becomes
 * parallel lanes, in which no task waits for one it doesn't depend on; what it depends on in other lanes, the gate
 * before it waits for. `undefined`: no tasks.
 */
export function shapeOf(order: Order): Shape | undefined {
  const size = order.tasks.length;
  return size === 0 ? undefined : shapeWithin(bitsOf(size, order.tasks.keys()), order);
}

function shapeWithin(within: Bits, order: Order): Shape {
  const numbers = members(within);
  const task = order.tasks[numbers[0] ?? 0];
  if (numbers.length === 1 && task) return { kind: 'task', task };

  const shapesOf = (parts: Bits[]) => parts.map((part) => shapeWithin(part, order));
  const apart = components(within, order.comparable, false);
  if (apart.length > 1) return { kind: 'parallel', parts: shapesOf(apart).flatMap(partsIf('parallel')) };
  const following = components(within, order.comparable, true);
  if (following.length > 1) return { kind: 'series', parts: shapesOf(following) };
  return { kind: 'parallel', parts: lanes(largestModules(within, order.comparable), order) };
}

/**
 * Puts each module behind one that it follows, so that there are few lanes. The parts of a parallel module go into lanes
 * of their own: a Parallel in a Parallel adds a state and a level, and no order.
 */
function lanes(modules: Bits[], order: Order): Shape[] {
  const open: { readonly parts: Shape[]; last: number; module: Bits }[] = [];
  const firstOf = (module: Bits) => members(module)[0] ?? 0;
  for (const module of modules.toSorted((a, b) => firstOf(a) - firstOf(b))) {
    const first = firstOf(module);
    for (const part of partsIf('parallel')(shapeWithin(module, order))) {
      // Modules are comparable as their first tasks are, and tasks are numbered in their order.
      const lane = open.findLast(({ module: m, last }) => m !== module && has(order.comparable[first] ?? m, last));
      if (lane) {
        lane.parts.push(...partsIf('series')(part));
        Object.assign(lane, { last: first, module });
      } else {
        open.push({ parts: [...partsIf('series')(part)], last: first, module });
      }
    }
  }
  return open.map(({ parts }) => ({ kind: 'series', parts }) as const).map(withoutSingle);
}

const partsIf =
  (kind: 'series' | 'parallel') =>
  (shape: Shape): readonly Shape[] =>
    shape.kind === kind ? shape.parts : [shape];

const withoutSingle = (shape: Extract<Shape, { kind: 'series' }>): Shape => {
  const [only] = shape.parts;
  return only && shape.parts.length === 1 ? only : shape;
};
