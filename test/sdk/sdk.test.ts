import {
  any,
  failure,
  globalSecret,
  InvalidPipelineError,
  pipeline,
  pipelineObject,
  pipelineSecret,
  runObject,
  task,
} from 'gofer-serverless';
import { expect, test } from 'vitest';
import { referenceIn } from '../../lib/task/interpolation.ts';

const build = task({ id: 'build', image: 'busybox' });

test('a pipeline is plain data, in the shape that the API takes', () => {
  const unit = task({ id: 'unit', image: 'busybox', depends_on: [build], timeout: '5m', variables: { who: 'me' } });
  const made = pipeline({ id: 'demo', tasks: [build, unit] });
  expect(JSON.parse(JSON.stringify(made))).toMatchObject({
    id: 'demo',
    name: 'demo',
    parallelism: 0,
    tasks: [
      { id: 'build', image: 'busybox', depends_on: {}, variables: {}, inject_api_token: false },
      { id: 'unit', depends_on: { build: 'Success' }, timeout: 300, variables: { who: 'me' } },
    ],
  });
});

test('dependencies are tasks, ids, or either with a condition', () => {
  expect(
    task({ id: 'end', image: 'busybox', depends_on: [build, 'unit', failure('lint'), any(build)] }).depends_on,
  ).toEqual({ build: 'any', unit: 'success', lint: 'failure' });
  expect(task({ id: 'end', image: 'busybox', depends_on: { build: 'failure' } }).depends_on).toEqual({
    build: 'failure',
  });
  expect(build.depends_on).toEqual({});
});

test('a wrong pipeline throws at once, with every problem and the place of the call', () => {
  const wrong = () => pipeline({ id: 'x', tasks: [task({ id: 'one', image: 'NO' })] });
  expect(wrong).toThrow(InvalidPipelineError);
  expect(wrong).toThrow(/has 2 problems:\n {2}id is "x".*\n {2}tasks\[0\]\.image/);
  try {
    wrong();
  } catch (error) {
    expect(error instanceof Error && error.stack?.split('\n').find((line) => line.includes('    at '))).toContain(
      'sdk.test.ts',
    );
  }
});

test('secrets and objects are references that a starting task fills in', () => {
  expect(
    [pipelineSecret('one'), globalSecret('two'), pipelineObject('three'), runObject(' four ')].map(referenceIn),
  ).toEqual([
    { kind: 'pipeline_secret', key: 'one' },
    { kind: 'global_secret', key: 'two' },
    { kind: 'pipeline_object', key: 'three' },
    { kind: 'run_object', key: 'four' },
  ]);
});

test.each(['', ' ', 'a}b', 'a\nb'])('%j is no key', (key) => {
  expect(() => pipelineSecret(key)).toThrow(`pipeline_secret: the key is ${JSON.stringify(key)}; allowed`);
});
