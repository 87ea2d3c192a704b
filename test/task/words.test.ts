import { describe, expect, test } from 'vitest';
import { groupOf, parseGroup, parseRunName } from '../../lib/task/group.ts';
import { referenceIn } from '../../lib/task/interpolation.ts';
import { exitReason, skipReason } from '../../lib/task/reason.ts';
import { retryInterval } from '../../lib/task/retry.ts';
import { stoppedContainer } from '../../lib/task/stopped-container.ts';
import type { LaunchFacts } from '../../lib/task/task.ts';

describe('the group of a container', () => {
  const launch = { uid: 'k3x', number: 12, task: 'unit-test_1', launch: 3 };
  test('names run, task and launch, and is read back', () => {
    expect(groupOf(launch)).toBe('k3x_12/unit-test_1/3');
    expect(parseGroup(groupOf(launch))).toEqual(launch);
  });
  test.each(['', 'service:web', 'k3x_12', 'k3x_12/build', 'k3x_12/build/x', 'k3x/build/1', 'K_1/build/1'])(
    'is nobody of ours: "%s"',
    (group) => expect(parseGroup(group)).toBeUndefined(),
  );
  test('a run name without a number is none', () => expect(parseRunName('k3x_')).toBeUndefined());
});

describe('references in values', () => {
  test.each([
    ['pipeline_secret{{ key }}', { kind: 'pipeline_secret', key: 'key' }],
    ['global_secret{{KEY}}', { kind: 'global_secret', key: 'KEY' }],
    [' run_object{{  a b  }} ', { kind: 'run_object', key: 'a b' }],
    ['pipeline_object{{x}}', { kind: 'pipeline_object', key: 'x' }],
  ])('%s', (value, reference) => expect(referenceIn(value)).toEqual(reference));
  test.each(['plain', 'x pipeline_secret{{ key }}', 'pipeline_secret{ key }', 'pipeline_secret{{ }}', 'secret{{ k }}'])(
    'a plain value: %s',
    (value) => expect(referenceIn(value)).toBeUndefined(),
  );
});

describe('why a task ended', () => {
  const key = { pk: 'TASKS#u#1', sk: 'build' };
  const stopped = (more: Partial<LaunchFacts>): LaunchFacts => ({ arn: 'a', state: 'STOPPED', ...more });
  test('every unmet parent is named', () => {
    const unmet = [
      { id: 'a', condition: 'success', status: 'failed' },
      { id: 'b', condition: 'failure', status: 'successful' },
      { id: 'c', condition: 'any', status: 'cancelled' },
    ] as const;
    expect(skipReason(unmet).description).toBe(
      '"a" failed, needs success; "b" succeeded, needs failure; "c" was cancelled, needs any',
    );
  });
  test.each([
    [stopped({ exit_code: 127 }), 'abnormal_exit', /127 .*not found/],
    [stopped({ exit_code: 137 }), 'abnormal_exit', /137 .*SIGKILL/],
    [stopped({ stopped_reason: 'CannotPullContainerError: no such image' }), 'scheduler_error', /no such image/],
    [stopped({ stopped_reason: 'CannotStartContainerError: no "sj"' }), 'failed_precondition', /no "sj"/],
    [stopped({ exit_code: 143, stopped_reason: 'timeout: ran longer than 5 s' }), 'abnormal_exit', /longer than 5 s/],
    [undefined, 'scheduler_error', /never started/],
  ])('%o', (facts, reason, description) => {
    expect(exitReason({ ...key }, facts)).toEqual({ reason, description: expect.stringMatching(description) });
  });
});

test.each([
  [undefined, 1, 1],
  [{ attempts: 9, interval: 5, rate: 2 }, 3, 20],
  [{ attempts: 9, interval: 600, rate: 10 }, 3, 3600],
  [{ attempts: 9, interval: 0.2, rate: 1 }, 1, 1],
])('the interval of %o after attempt %i is %i s', (retry, attempt, seconds) => {
  expect(retryInterval(retry, attempt)).toBe(seconds);
});

describe('the Cause of States.TaskFailed', () => {
  const task = {
    TaskArn: 'arn:task',
    Group: 'u_1/build/1',
    StopCode: 'EssentialContainerExited',
    StoppedReason: 'Essential container in task exited',
    StartedAt: 1000,
    StoppedAt: '1970-01-01T00:00:02.000Z',
    Containers: [{ Name: 'task', ExitCode: 3, Reason: 'OutOfMemoryError' }],
  };
  test('is the stopped container, in its own words', () => {
    expect(stoppedContainer(JSON.stringify(task))).toEqual({
      arn: 'arn:task',
      group: 'u_1/build/1',
      lastStatus: 'STOPPED',
      createdAt: 0,
      startedAt: 1000,
      stoppedAt: 2000,
      exitCode: 3,
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'OutOfMemoryError',
    });
  });
  test.each(['', 'no JSON', '[]', 'null', '{"TaskArn":1}', '{"TaskArn":"a"}'])('tells nothing: %s', (cause) => {
    expect(stoppedContainer(cause)).toBeUndefined();
  });
});
