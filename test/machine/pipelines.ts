/** Pipelines to compile and run: by hand, in known shapes, and at random. */
import fc from 'fast-check';
import type { ParentCondition, PipelineConfig, TaskConfig } from '../../lib/pipeline/config.ts';

type Parents = readonly string[] | Readonly<Record<string, ParentCondition>>;

const isList = (parents: Parents): parents is readonly string[] => Array.isArray(parents);

/** A task; parents in a list must succeed. */
export const task = (id: string, parents: Parents = [], more: Partial<TaskConfig> = {}): TaskConfig => ({
  id,
  description: '',
  image: 'busybox',
  depends_on: isList(parents) ? Object.fromEntries(parents.map((parent) => [parent, 'success'])) : parents,
  variables: {},
  inject_api_token: false,
  always_pull_newest_image: false,
  ...more,
});

export const pipeline = (...tasks: TaskConfig[]): PipelineConfig => ({
  id: 'shapes',
  name: 'shapes',
  description: '',
  parallelism: 0,
  tasks,
});

/** Ids of ten characters, as the figures for sizes take them. */
export const id = (n: number) => `task-${String(n).padStart(5, '0')}`;

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);
type Edges = (n: number) => readonly number[];
const built = (size: number, edges: Edges) => pipeline(...upTo(size).map((n) => task(id(n), edges(n).map(id))));

/** 0 → 1 → 2 → … */
export const chain = (size: number) => built(size, (n) => (n === 0 ? [] : [n - 1]));
/** A root, all others beside each other, a join. */
export const diamond = (size: number) =>
  built(size, (n) => (n === 0 ? [] : n < size - 1 ? [0] : upTo(size).slice(1, -1)));
/** The smallest order that is neither series nor parallel. */
export const shapeN = () =>
  pipeline(task('one'), task('two'), task('after-one', ['one']), task('after-both', ['one', 'two']));
/** Layers in which each task depends on three of the layer before. */
export const mesh = (size: number, width: number) =>
  built(size, (n) => {
    const first = (Math.floor(n / width) - 1) * width;
    return first < 0 ? [] : [...new Set([0, 1, 5].map((step) => first + ((n + step) % width)))];
  });
/** x → (y beside the rest): a Parallel for every second task, nested as deep as it goes. */
export const comb = (size: number) => built(size, (n) => (n % 2 === 1 ? [n - 1] : n === 0 ? [] : [n - 2]));
/** Each task depends on earlier ones, one of `sparseness` on average. */
export const random = (size: number, sparseness: number, seed: number) => {
  let state = seed;
  const draw = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state;
  };
  return built(size, (n) => upTo(n).filter(() => (draw() >> 8) % sparseness === 0));
};

const condition = fc.constantFrom<ParentCondition>('success', 'success', 'any', 'failure');

/** Any DAG of at most `size` tasks: known shapes, layers, and dense or sparse chance, all with random conditions. */
export const anyPipeline = (size: number): fc.Arbitrary<PipelineConfig> => {
  const shapes = fc.oneof(
    { weight: 1, arbitrary: fc.integer({ min: 1, max: size }).map(chain) },
    { weight: 1, arbitrary: fc.integer({ min: 3, max: size }).map(diamond) },
    { weight: 1, arbitrary: fc.constant(shapeN()) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: size }).map(comb) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.integer({ min: 1, max: size }), fc.integer({ min: 1, max: 8 }))
        .map(([n, width]) => mesh(n, width)),
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.integer({ min: 1, max: size }), fc.constantFrom(2, 3, 6, 12, 30), fc.nat())
        .map(([n, sparseness, seed]) => random(n, sparseness, seed)),
    },
  );
  return fc
    .tuple(shapes, fc.infiniteStream(condition), fc.infiniteStream(fc.nat()))
    .map(([{ tasks }, conditions, order]) => {
      const drawn = tasks.map((each) => ({
        order: order.next().value,
        task: { ...each, depends_on: mapValues(each.depends_on, () => conditions.next().value ?? 'any') },
      }));
      return pipeline(...drawn.sort((a, b) => a.order - b.order).map((each) => each.task));
    });
};

const mapValues = <A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));

/** Direct and indirect parents of each task. */
export function ancestorsOf({ tasks }: PipelineConfig): Map<string, ReadonlySet<string>> {
  const byId = new Map(tasks.map((each) => [each.id, each]));
  const found = new Map<string, ReadonlySet<string>>();
  const ancestors = (of: string): ReadonlySet<string> => {
    const known = found.get(of);
    if (known) return known;
    const parents = Object.keys(byId.get(of)?.depends_on ?? {});
    const all = new Set(parents.flatMap((parent) => [parent, ...ancestors(parent)]));
    found.set(of, all);
    return all;
  };
  for (const each of tasks) ancestors(each.id);
  return found;
}
