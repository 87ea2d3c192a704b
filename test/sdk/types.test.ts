import { any, failure, pipeline, success, type Task, task } from 'gofer-serverless';
import { expect, expectTypeOf, test } from 'vitest';

const build = task({ id: 'build', image: 'busybox' });
const unit = task({ id: 'unit', image: 'busybox', depends_on: [build] });

test('a task knows its id and those of its parents', () => {
  expectTypeOf(build).toEqualTypeOf<Task<'build', never>>();
  expectTypeOf(unit).toEqualTypeOf<Task<'unit', 'build'>>();
  expectTypeOf(task({ id: 'end', image: 'busybox', depends_on: [any(build), failure('unit'), 'lint'] })).toEqualTypeOf<
    Task<'end', 'build' | 'unit' | 'lint'>
  >();
  expectTypeOf(task({ id: 'end', image: 'busybox', depends_on: { build: 'any' } })).toEqualTypeOf<
    Task<'end', 'build'>
  >();
});

test('a pipeline takes tasks whose parents are in it, whatever way they are made', () => {
  pipeline({ id: 'all-here', tasks: [build, unit] });
  pipeline({ id: 'one-by-id', tasks: [unit, build, task({ id: 'end', image: 'busybox', depends_on: ['unit'] })] });
  pipeline({
    id: 'inline',
    tasks: [build, { id: 'lint', image: 'busybox' }, { id: 'end', image: 'busybox', depends_on: { build: 'failure' } }],
  });
  const shards = [1, 2, 3].map((n) => task({ id: `shard-${n}`, image: 'busybox', depends_on: [build] }));
  const join = task({ id: 'join', image: 'busybox', depends_on: shards });
  pipeline({ id: 'fan-out', tasks: [build, ...shards, join] });
});

test('a parent that is not in the pipeline does not compile', () => {
  // @ts-expect-error "unit" depends on "build"
  expect(() => pipeline({ id: 'lost-parent', tasks: [unit] })).toThrow('"build", which is not in this pipeline');
  const typo = task({ id: 'end', image: 'busybox', depends_on: [success('biuld')] });
  // @ts-expect-error there is no "biuld"
  expect(() => pipeline({ id: 'typo', tasks: [build, typo] })).toThrow('did you mean "build"?');
});

test('wrong fields do not compile', () => {
  // @ts-expect-error a condition is any, success or failure
  task({ id: 'end', image: 'busybox', depends_on: { build: 'sucess' } });
  // @ts-expect-error no such field
  task({ id: 'end', image: 'busybox', retries: 3 });
  // @ts-expect-error a task needs an image
  task({ id: 'end' });
  // @ts-expect-error durations have a unit, or are numbers
  task({ id: 'end', image: 'busybox', timeout: '5 minutes' });
  // @ts-expect-error 512 MiB are too little for 1 vCPU
  task({ id: 'end', image: 'busybox', cpu: 1024, memory: 512 });
  // @ts-expect-error Fargate has no third of a CPU
  task({ id: 'end', image: 'busybox', cpu: 300 });
  // @ts-expect-error GOFER_* are Gofer's own
  task({ id: 'end', image: 'busybox', variables: { GOFER_TOKEN: 'mine' } });
  // @ts-expect-error values are strings
  task({ id: 'end', image: 'busybox', variables: { PORT: 80 } });
  task({ id: 'end', image: 'busybox', timeout: '5m', cpu: 1024, memory: 2048, variables: { PORT: '80' } });
});
