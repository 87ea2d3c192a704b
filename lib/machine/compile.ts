/**
 * The compiler: a pipeline config becomes a state machine in the Amazon States Language.
 *
 * Two states a task (`next build`, the gate, and `build`, its container), a Parallel where tasks run beside each other,
 * and `finish run` at the end. The same definition runs on Step Functions and in the local interpreter.
 */
import type { PipelineConfig } from '../pipeline/config.ts';
import type { MachineDefinition } from '../ports/machines.ts';
import { orderOf } from './order.ts';
import { type Shape, shapeOf } from './shape.ts';
import {
  type CompileOptions,
  fanName,
  fanState,
  finishName,
  finishState,
  nextName,
  nextState,
  overName,
  overState,
  taskState,
  type Way,
} from './states.ts';

type States = Map<string, unknown>;

/**
 * Pure, and the same for the same tasks in any order. An execution's input is
 * `{ r: run name, c: cluster, n: network configuration, f: next function, g: finish function, o: {} }`.
 */
export function compile(
  config: Pick<PipelineConfig, 'tasks'>,
  options: CompileOptions = { defaultTimeout: 86_400 },
): MachineDefinition {
  const fans = new Map<Shape, string>();

  function entrance(shape: Shape): string {
    if (shape.kind === 'task') return nextName(shape.task.id);
    const [first] = shape.parts;
    if (shape.kind === 'series' && first) return entrance(first);
    const name = fans.get(shape) ?? fanName(fans.size + 1);
    fans.set(shape, name);
    return name;
  }

  /** `before`: the task just before in the series. Reached by its success, the gate completes it if its event is late. */
  function write(shape: Shape, way: Way, before: Shape | undefined, states: States): void {
    if (shape.kind === 'task') {
      const { task } = shape;
      states.set(nextName(task.id), nextState(task, way, before?.kind === 'task' ? before.task : undefined));
      states.set(task.id, taskState(task, way, options));
      if ('end' in way) states.set(overName(task.id), overState);
    } else if (shape.kind === 'series') {
      for (const [n, part] of shape.parts.entries()) {
        const previous = shape.parts[n - 1];
        const following = shape.parts[n + 1];
        write(part, following ? { next: entrance(following) } : way, previous, states);
      }
    } else {
      const name = entrance(shape);
      const branches = grouped(shape.parts).map((part) => {
        const inside: States = new Map();
        write(part, { end: 'branch' }, undefined, inside);
        return { StartAt: entrance(part), States: Object.fromEntries(inside) };
      });
      states.set(name, fanState(branches, way));
    }
  }

  const states: States = new Map();
  const shape = shapeOf(orderOf(config));
  const start = shape ? entrance(shape) : finishName;
  if (shape) write(shape, { next: finishName }, undefined, states);
  states.set(finishName, finishState);
  return { StartAt: start, States: Object.fromEntries(states) };
}

/**
 * Branches of one Parallel that the local interpreter runs at once. One more would wait for another to end, and for ever
 * if a gate there waits for it: so more of them are put into Parallels in a Parallel.
 */
const mostBranches = 40;

function grouped(parts: readonly Shape[]): readonly Shape[] {
  if (parts.length <= mostBranches) return parts;
  const size = Math.ceil(parts.length / Math.ceil(parts.length / mostBranches));
  const groups = Array.from({ length: Math.ceil(parts.length / size) }, (_, n) =>
    parts.slice(n * size, (n + 1) * size),
  );
  return grouped(groups.map((group) => ({ kind: 'parallel', parts: group })));
}
