/** A pipeline's graph for people: as text in a terminal, and for Mermaid. */
import type { ParentCondition, PipelineConfig, TaskConfig } from '../pipeline/config.ts';
import { orderOf } from './order.ts';
import { type Shape, shapeOf } from './shape.ts';

type Tasks = Pick<PipelineConfig, 'tasks'>;

/** Longest list of parents that is written out beside a task. */
const mostParents = 6;

/**
 * One line a task: what follows stands below, what runs beside each other branches off. Conditions other than success
 * stand in brackets.
 *
 * @example
 * build
 * ├─ test   ← build
 * └─ lint   ← build
 * publish   ← test, lint (any)
 */
export function textGraph(config: Tasks): string {
  const shape = shapeOf(orderOf(config));
  const lines = shape ? linesOf(shape) : [];
  const width = Math.max(0, ...lines.map(({ text }) => text.length));
  return lines.map(({ text, task }) => `${text.padEnd(width)}   ${parentsOf(task)}`.trimEnd()).join('\n');
}

type Line = { readonly text: string; readonly task: TaskConfig };

function linesOf(shape: Shape): Line[] {
  if (shape.kind === 'task') return [{ text: shape.task.id, task: shape.task }];
  if (shape.kind === 'series') return shape.parts.flatMap(linesOf);
  return shape.parts.flatMap((part, n) => {
    const [fork, beside] = n < shape.parts.length - 1 ? ['├─ ', '│  '] : ['└─ ', '   '];
    return linesOf(part).map(({ text, task }, line) => ({ text: (line === 0 ? fork : beside) + text, task }));
  });
}

function parentsOf(task: TaskConfig): string {
  const parents = Object.entries(task.depends_on).map(([id, on]) => (on === 'success' ? id : `${id} (${on})`));
  if (!parents.length) return '';
  const more = parents.length - mostParents;
  const shown = more > 1 ? [...parents.slice(0, mostParents), `and ${more} more`] : parents;
  return `← ${shown.join(', ')}`;
}

/** An arrow needs no word for success, as most are; a handler of failures is dotted. */
const arrows: Readonly<Record<ParentCondition, string>> = {
  success: '-->',
  any: '-->|any|',
  failure: '-.->|failure|',
};

/** A Mermaid flowchart, as GitHub and many editors draw it. */
export function mermaidGraph(config: Tasks): string {
  const { tasks } = orderOf(config);
  // Ids of their own: Mermaid has reserved words ("end"), and dashes are part of its arrows.
  const names = new Map(tasks.map(({ id }, n) => [id, `t${n + 1}`]));
  const nodes = tasks.map(({ id }) => `  ${names.get(id)}["${id}"]`);
  const edges = tasks.flatMap(({ id, depends_on }) =>
    Object.entries(depends_on).map(([parent, on]) => `  ${names.get(parent)} ${arrows[on]} ${names.get(id)}`),
  );
  return ['flowchart TD', ...nodes, ...edges].join('\n');
}
