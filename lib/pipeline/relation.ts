/**
 * Rules between the parts of a config: ids and dependencies, sizes, names of variables.
 * They read what was written as far as it makes sense, so that they speak together with the schema and not after it.
 */
import { findCycles, mostCycles } from './dag.ts';
import { type Problem, writePath } from './problem.ts';
import { sizeProblem } from './size.ts';
import { didYouMean } from './suggestion.ts';

type Written = {
  readonly index: number;
  readonly id: string;
  readonly depends_on: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
};

/** `more`: problems besides these, which are only counted. */
export function relationProblems(input: unknown): { readonly problems: Problem[]; readonly more: number } {
  const list = fieldsOf(input)['tasks'];
  const tasks = (Array.isArray(list) ? list : []).map(read);
  const ids = new Set(tasks.map(({ id }) => id).filter(Boolean));
  const wrong = wrongDependencies(tasks, ids);
  const problems = [
    ...duplicates(tasks),
    ...wrong.slice(0, mostCompared).map((each) => dependencyProblem(each, ids)),
    ...cycles(tasks),
    ...tasks.flatMap(size),
    ...tasks.flatMap(variableNames),
  ];
  return { problems, more: Math.max(0, wrong.length - mostCompared) };
}

function read(value: unknown, index: number): Written {
  const { id, depends_on, variables, cpu, memory } = fieldsOf(value);
  return {
    index,
    id: typeof id === 'string' ? id : '',
    depends_on: fieldsOf(depends_on),
    variables: fieldsOf(variables),
    cpu: wholeNumber(cpu),
    memory: wholeNumber(memory),
  };
}

const wholeNumber = (value: unknown) => (Number.isInteger(value) ? Number(value) : undefined);

/** A copy without a prototype: whatever a key is called, it is only that key. */
function fieldsOf(value: unknown): Record<string, unknown> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return Object.assign(Object.create(null), isObject ? value : {});
}

function duplicates(tasks: readonly Written[]): Problem[] {
  const first = new Map<string, number>();
  return tasks.flatMap(({ id, index }) => {
    const other = first.get(id);
    if (other === undefined) first.set(id, index);
    if (other === undefined || !id) return [];
    const message = `id "${id}" is already that of tasks[${other}]; each task needs its own`;
    return [{ path: `tasks[${index}].id`, message }];
  });
}

type Dependency = { readonly task: Written; readonly parent: string };

const wrongDependencies = (tasks: readonly Written[], ids: ReadonlySet<string>): Dependency[] =>
  tasks.flatMap((task) =>
    Object.keys(task.depends_on)
      .filter((parent) => parent === task.id || !ids.has(parent))
      .map((parent) => ({ task, parent })),
  );

/** Each wrong name is compared with every id. */
const mostCompared = 100;

function dependencyProblem({ task: { id, index }, parent }: Dependency, ids: ReadonlySet<string>): Problem {
  const path = writePath(['tasks', index, 'depends_on', parent]);
  if (parent === id) return { path, message: `task "${id}" depends on itself` };
  const others = [...ids].filter((each) => each !== id);
  const suggestion = didYouMean(parent.slice(0, 64), others);
  const message = `task "${id}" depends on "${parent}", which is not in this pipeline`;
  return { path, message, ...(suggestion && { suggestion }) };
}

function cycles(tasks: readonly Written[]): Problem[] {
  const byId = new Map(tasks.filter(({ id }) => id).map((task) => [task.id, task]));
  const found = findCycles([...byId.values()]);
  return found
    .filter((cycle) => cycle.length > 2)
    .map((cycle) => ({
      path: writePath(['tasks', byId.get(cycle[0] ?? '')?.index ?? 0, 'depends_on', cycle[1] ?? '']),
      message: `these tasks depend on each other in a circle: ${cycle.join(' → ')}`,
      suggestion:
        found.length === mostCycles && cycle === found.at(-1)
          ? 'remove one of these dependencies; there may be further circles'
          : 'remove one of these dependencies',
    }));
}

function size({ index, id, cpu, memory }: Written): Problem[] {
  const found = sizeProblem(cpu, memory);
  return found ? [{ path: `tasks[${index}].${found.field}`, message: `task "${id}": ${found.message}` }] : [];
}

/** As Kubernetes has it: letters, digits, `_`, `-` and `.`, not beginning with a digit. */
const variableName = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

function variableNames({ index, id, variables }: Written): Problem[] {
  const first = new Map<string, string>();
  return Object.keys(variables).flatMap((name): Problem[] => {
    const upper = name.toUpperCase();
    const other = first.get(upper);
    first.set(upper, name);
    const problem = nameProblem(name, other);
    return problem
      ? [{ path: writePath(['tasks', index, 'variables', name]), message: `task "${id}": ${problem}` }]
      : [];
  });
}

function nameProblem(name: string, other: string | undefined): string | undefined {
  if (other !== undefined) return `variables "${other}" and "${name}" are one and the same: names become upper case`;
  if (/^gofer_/i.test(name)) return `variable "${name}" is reserved: names that begin with GOFER_ are set by Gofer`;
  if (variableName.test(name) && name !== '__proto__') return undefined;
  return `"${name}" is not a name for a variable; allowed: letters, digits, "_", "-" and ".", not beginning with a digit`;
}
