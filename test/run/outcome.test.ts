import { describe, expect, test } from 'vitest';
import { InvalidError } from '../../lib/errors.ts';
import { outcomeOf } from '../../lib/run/outcome.ts';
import { checkOverrides, checkSecretNames, checkVariables } from '../../lib/run/precondition.ts';
import type { RunItem } from '../../lib/run/run.ts';
import type { TaskItem, TaskStatus } from '../../lib/task/task.ts';
import { variablesOf } from '../../lib/task/variables.ts';
import { pipeline, task } from '../machine/pipelines.ts';

const run = (more: Partial<RunItem> = {}): RunItem => ({
  pk: 'PIPELINE#u',
  sk: 'RUN#1',
  namespace: 'default',
  pipeline: 'release',
  uid: 'u',
  number: 7,
  version: 1,
  machine: 'm',
  input: '{}',
  state: 'running',
  created: 1,
  news: 1,
  variables: {},
  initiator: { id: '', user: '' },
  ...more,
});
const config = pipeline(task('build'), task('lint', [], { allow_failure: true }));
const rows = (build: TaskStatus, lint: TaskStatus = 'successful') =>
  [
    { pk: 'TASKS', sk: 'build', status: build },
    { pk: 'TASKS', sk: 'lint', status: lint },
  ] as TaskItem[];

describe('the outcome of a run', () => {
  test.each<[string, Partial<RunItem>, TaskItem[], string, string | undefined]>([
    ['all went well', {}, rows('successful'), 'successful', undefined],
    ['what was skipped harms nothing', {}, rows('skipped'), 'successful', undefined],
    ['an allowed failure harms nothing', {}, rows('successful', 'failed'), 'successful', undefined],
    ['a failed task fails it', {}, rows('failed'), 'failed', 'abnormal_exit'],
    ['a failed task fails a cancelled run too', { cancelling: 'user' }, rows('failed'), 'failed', 'abnormal_exit'],
    ['cancelled by a user', { cancelling: 'user' }, rows('successful'), 'cancelled', 'user_cancelled'],
    ['cancelled by an admin', { cancelling: 'admin' }, rows('cancelled'), 'cancelled', 'admin_cancelled'],
    ['a cancelled task cancels it', {}, rows('cancelled'), 'cancelled', 'user_cancelled'],
    ['too long is failed, not cancelled', { cancelling: 'timeout' }, rows('cancelled'), 'failed', 'abnormal_exit'],
    ['its execution is gone', { error: 'gone' }, rows('successful'), 'failed', 'scheduler_error'],
  ])('%s', (_, more, tasks, status, reason) => {
    const outcome = outcomeOf(run(more), config, tasks);
    expect([outcome.status, outcome.reason?.reason]).toEqual([status, reason]);
  });
});

describe('variables', () => {
  const valuesOf = (more: Partial<RunItem>, variables: Record<string, string>) =>
    Object.fromEntries(
      variablesOf(run(more), task('build', [], { variables })).map(({ key, value, source }) => [key, [value, source]]),
    );
  test('the run wins over the task, in upper case', () => {
    const values = valuesOf({ variables: { LEVEL: 'debug' } }, { level: 'info', Mode: 'fast' });
    expect(values).toMatchObject({ LEVEL: ['debug', 'run_options'], MODE: ['fast', 'pipeline_config'] });
  });
  test('the system tells the container who it is', () => {
    expect(valuesOf({}, {})).toMatchObject({
      GOFER_PIPELINE_ID: ['release', 'system'],
      GOFER_RUN_ID: ['7', 'system'],
      GOFER_TASK_ID: ['build', 'system'],
    });
  });
  test('names and values that a run may give', () => expect(() => checkVariables({ _A1: 'x', b: '' })).not.toThrow());
  test('every other is refused, all at once and by name', () => {
    const wrong = { '1a': '', 'a-b': '', gofer_run_id: '', S: 'pipeline_secret{{ k }}' };
    expect(() => checkVariables(wrong)).toThrow(InvalidError);
    for (const name of Object.keys(wrong)) expect(() => checkVariables(wrong)).toThrow(`"${name}"`);
  });
  test('what would not fit into a launch on AWS is refused with its size', () => {
    const given = { namespace: 'default', pipeline: 'release', number: 1, variables: { BIG: 'x'.repeat(9000) } };
    expect(() => checkOverrides(config, { ...given, variables: {} })).not.toThrow();
    expect(() => checkOverrides(config, given)).toThrow(/task "build": .* AWS allows 8192/);
  });
  test('a secret of a task keeps its place, however the run writes its name', () => {
    const asks = pipeline(task('build', [], { variables: { KEY: 'global_secret{{ k }}', other: 'plain' } }));
    expect(() => checkSecretNames(asks, { key: 'x' })).toThrow('variable "KEY": it is a secret of task "build"');
    expect(() => checkSecretNames(asks, { OTHER: 'x' })).not.toThrow();
  });
});
