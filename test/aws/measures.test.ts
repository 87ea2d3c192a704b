import { expect, test } from 'vitest';
import { measureOfAnswer, measureOfEvent } from '../../lib/aws/measures.ts';

const run = { namespace_id: 'default', pipeline_id: 'nightly', run_id: 1 };
const event = (kind: Parameters<typeof measureOfEvent>[0]['kind']) => measureOfEvent({ id: '1', emitted: 0, kind });

test('runs and tasks are counted by how they ended', () => {
  expect(event({ started_run: run })).toBe('RunsStarted');
  expect(event({ completed_run: { ...run, status: 'cancelled' } })).toBe('RunsCancelled');
  const task = { ...run, task_execution_id: 'build' };
  expect(event({ completed_task_execution: { ...task, status: 'failed' } })).toBe('TasksFailed');
  expect(event({ completed_task_execution: { ...task, status: 'skipped' } })).toBeUndefined();
  expect(event({ created_namespace: { namespace_id: 'team' } })).toBeUndefined();
});

test('decisions are counted by what they lead to', () => {
  expect(measureOfAnswer({ output: { k: 1, g: 'group' } })).toBe('TaskLaunches');
  expect(measureOfAnswer({ error: 'Gofer.Again.2' })).toBe('TaskRetries');
  expect(measureOfAnswer({ error: 'Gofer.Later' })).toBe('LaunchesPostponed');
  expect(measureOfAnswer({ error: 'Gofer.Over' })).toBeUndefined();
  // `finish run` of a run that has ended well.
  expect(measureOfAnswer({ output: {} })).toBeUndefined();
});
