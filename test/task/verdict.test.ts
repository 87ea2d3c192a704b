import { describe, expect, test } from 'vitest';
import type { TaskConfig } from '../../lib/pipeline/config.ts';
import type { LaunchFacts, TaskItem } from '../../lib/task/task.ts';
import { type View, verdict } from '../../lib/task/verdict.ts';

const now = 1_000_000;
const key = { pk: 'TASKS#u#1', sk: 'build' };
const config = (more: Partial<TaskConfig> = {}): TaskConfig => ({
  id: 'build',
  description: '',
  image: 'busybox',
  depends_on: {},
  variables: {},
  inject_api_token: false,
  always_pull_newest_image: false,
  allow_failure: false,
  ...more,
});
const stopped = (more: Partial<LaunchFacts>): LaunchFacts => ({
  arn: 'a',
  state: 'STOPPED',
  stop_code: 'EssentialContainerExited',
  ...more,
});
const ended = (launch_1: LaunchFacts | undefined, error = 'States.TaskFailed', attempt = 1): TaskItem => ({
  ...key,
  phase: 'ended',
  launch: 1,
  attempt,
  error,
  launch_1,
});
const noRoom: TaskItem = { ...ended(undefined, 'AmazonECS.Unknown'), cause: 'Capacity is unavailable at this time.' };
const view = (more: Partial<View>): View => ({
  task: config(),
  row: undefined,
  parents: [],
  open: 1,
  awaited: true,
  runCancelling: false,
  now,
  inspected: false,
  ...more,
});
const parent = (
  condition: 'success' | 'failure' | 'any',
  status?: 'successful' | 'failed' | 'skipped' | 'cancelled',
) => ({
  id: 'test',
  condition,
  status,
});
const thrice = config({ retry: { attempts: 3, interval: 5, rate: 2 } });

const facts: readonly [string, Partial<View>, object][] = [
  [
    'no capacity to start with uses up no attempt',
    {
      row: ended(stopped({ stop_code: 'TaskFailedToStart', stopped_reason: 'Capacity is unavailable at this time.' })),
    },
    { do: 'postpone', phase: 'later', seconds: 60 },
  ],
  [
    'an image that is missing does',
    { row: ended(stopped({ stop_code: 'TaskFailedToStart', stopped_reason: 'CannotPullContainerError: not found' })) },
    expect.objectContaining({ do: 'complete', status: 'failed' }),
  ],
  [
    'Spot capacity that is taken back uses up no attempt',
    { row: ended(stopped({ stop_code: 'SpotInterruption', exit_code: 143 })) },
    { do: 'postpone', phase: 'later', seconds: 60 },
  ],
  [
    'a launch that AWS refused is repeated',
    { row: { ...ended(undefined, 'ECS.AccessDeniedException'), phase: 'later', launch: 4 }, inspected: true },
    { do: 'grant', attempt: 1 },
  ],
  [
    'but not for ever',
    { row: { ...ended(undefined, 'ECS.AccessDeniedException'), phase: 'later', launch: 5 }, inspected: true },
    expect.objectContaining({ do: 'complete', status: 'failed' }),
  ],
  [
    'one that AWS throttled is',
    {
      row: { ...ended(undefined, 'ECS.AmazonECSException'), phase: 'later', launch: 50, cause: 'Rate exceeded.' },
      inspected: true,
    },
    { do: 'grant', attempt: 1 },
  ],
  ['a task without parents is launched', {}, { do: 'grant', attempt: 1 }],
  ['nobody launches what no state waits for', { awaited: false }, { do: 'wait' }],
  ['an open parent is waited for', { parents: [parent('any')] }, { do: 'wait' }],
  ['a met condition launches', { parents: [parent('failure', 'failed')] }, { do: 'grant', attempt: 1 }],
  [
    'an unmet condition skips, waited for or not',
    { awaited: false, parents: [parent('success', 'failed')] },
    {
      do: 'complete',
      status: 'skipped',
      reason: { reason: 'failed_precondition', description: '"test" failed, needs success' },
    },
  ],
  [
    'a cancelled parent meets not even any',
    { parents: [parent('any', 'cancelled')] },
    expect.objectContaining({ do: 'complete', status: 'skipped' }),
  ],
  ['a granted launch is sent again', { row: { ...key, phase: 'granted', launch: 2 } }, { do: 'run' }],
  [
    'a granted launch is sent even while cancelling: its container shows, and is stopped then',
    { row: { ...key, phase: 'granted', launch: 2, cancelling: 'user' } },
    { do: 'run' },
  ],
  ['a complete task is over', { row: { ...key, status: 'failed' }, runCancelling: true }, { do: 'over' }],
  [
    'exit code 0 is successful, also after a cancel',
    { row: { ...ended(stopped({ exit_code: 0 })), cancelling: 'user' }, runCancelling: true },
    { do: 'complete', status: 'successful' },
  ],
  [
    'the last attempt fails with its exit code',
    { row: ended(stopped({ exit_code: 3 })) },
    {
      do: 'complete',
      status: 'failed',
      reason: { reason: 'abnormal_exit', description: 'the container exited with code 3' },
    },
  ],
  [
    'another attempt comes after its interval',
    { task: thrice, row: ended(stopped({ exit_code: 3 }), 'States.TaskFailed', 2) },
    { do: 'postpone', phase: 'again', seconds: 10 },
  ],
  [
    'an exit code that is not listed is final',
    {
      task: config({ retry: { attempts: 3, interval: 1, rate: 1, exit_codes: [75] } }),
      row: ended(stopped({ exit_code: 3 })),
    },
    expect.objectContaining({ do: 'complete', status: 'failed' }),
  ],
  [
    'capacity taken back is no attempt',
    { row: ended(stopped({ exit_code: 143, stop_code: 'SpotInterruption' })) },
    { do: 'postpone', phase: 'later', seconds: 60 },
  ],
  [
    'a container that could not start is an attempt',
    { task: thrice, row: ended(stopped({ stop_code: 'TaskFailedToStart' })) },
    { do: 'postpone', phase: 'again', seconds: 5 },
  ],
  [
    'a refused launch comes later, without a listing',
    { row: ended(undefined, 'AmazonECS.Unknown') },
    { do: 'postpone', phase: 'later', seconds: 60 },
  ],
  [
    'so does one that was throttled',
    { row: { ...ended(undefined, 'ECS.AmazonECSException'), cause: 'Rate exceeded.' } },
    { do: 'postpone', phase: 'later', seconds: 60 },
  ],
  [
    'it is tried again without a listing too',
    { row: { ...noRoom, phase: 'later', not_before: now } },
    { do: 'grant', attempt: 1 },
  ],
  [
    'the fourth in vain is held: the state goes on waiting',
    { row: { ...noRoom, launch: 4 } },
    { do: 'postpone', phase: 'held', seconds: 60 },
  ],
  ['in a run of many tasks the first is', { row: noRoom, open: 151 }, { do: 'postpone', phase: 'held', seconds: 60 }],
  [
    'a held launch is waited for, whoever asks',
    { row: { ...noRoom, phase: 'held', not_before: now + 5000 } },
    { do: 'wait' },
  ],
  [
    'and comes when its time has come',
    { row: { ...noRoom, phase: 'held', launch: 9, not_before: now } },
    { do: 'grant', attempt: 1 },
  ],
  [
    'a container of which something was heard is looked for, whatever ECS said',
    {
      row: { ...noRoom, phase: 'later', not_before: now, launch_1: { arn: 'a', state: 'RUNNING' } },
    },
    { do: 'inspect' },
  ],
  [
    'a held launch in doubt is looked for before',
    { row: { ...ended(undefined, 'ECS.ServerException'), phase: 'held', launch: 4, not_before: now } },
    { do: 'inspect' },
  ],
  [
    'a cancelled one that never began ends at once',
    { row: { ...noRoom, phase: 'held', not_before: now + 5000, cancelling: 'user' } },
    { do: 'complete', status: 'cancelled', reason: { reason: 'cancelled', description: 'stopped on request' } },
  ],
  [
    'what 500 tasks would all be told is not asked five times of each',
    { row: { ...ended(undefined, 'ECS.AccessDeniedException'), phase: 'later' }, open: 500 },
    expect.objectContaining({ do: 'complete', status: 'failed' }),
  ],
  ['a launch in doubt is looked for', { row: ended(undefined, 'ECS.ServerException') }, { do: 'inspect' }],
  [
    'a launch in doubt that left nothing comes later',
    { row: ended(undefined, 'ECS.ServerException'), inspected: true },
    { do: 'postpone', phase: 'later', seconds: 60 },
  ],
  [
    'a launch in doubt is not cancelled at once',
    { row: ended(undefined, 'ECS.ServerException'), runCancelling: true },
    { do: 'inspect' },
  ],
  ['after a time-out the container is looked for', { row: ended(undefined, 'States.Timeout') }, { do: 'inspect' }],
  [
    'a time-out is an attempt',
    { task: thrice, row: ended(undefined, 'States.Timeout'), inspected: true },
    { do: 'postpone', phase: 'again', seconds: 5 },
  ],
  [
    'until the interval is over everybody gets the same answer',
    { row: { ...key, phase: 'again', launch: 1, attempt: 1, not_before: now + 5000 } },
    { do: 'postponed' },
  ],
  [
    'after it the next attempt is launched',
    { row: { ...key, phase: 'again', launch: 1, attempt: 1, not_before: now } },
    { do: 'grant', attempt: 2 },
  ],
  [
    'before a later launch the last one is looked for once more',
    { row: { ...key, phase: 'later', launch: 1, attempt: 1, not_before: now, error: 'ECS.ServerException' } },
    { do: 'inspect' },
  ],
  [
    'a later launch is the same attempt',
    { inspected: true, row: { ...key, phase: 'later', launch: 1, attempt: 1, not_before: now } },
    { do: 'grant', attempt: 1 },
  ],
  [
    'a launch that showed after all, and ended by itself, was an attempt',
    {
      inspected: true,
      row: { ...key, phase: 'later', launch: 1, attempt: 1, not_before: now, launch_1: stopped({ exit_code: 3 }) },
    },
    expect.objectContaining({ do: 'complete', status: 'failed' }),
  ],
  [
    'a cancelled task that never started says so',
    { row: { ...key, cancelling: 'user' } },
    {
      do: 'complete',
      status: 'cancelled',
      reason: { reason: 'cancelled', description: 'cancelled before it started' },
    },
  ],
  [
    'a cancelled run ends what waits for another attempt',
    { row: { ...key, phase: 'again', launch: 1, launch_1: stopped({ exit_code: 3 }) }, runCancelling: true },
    { do: 'complete', status: 'cancelled', reason: { reason: 'cancelled', description: 'stopped on request' } },
  ],
];

describe('what is to happen to a task', () => {
  test.each(facts)('%s', (_, given, expected) => {
    expect(verdict(view(given))).toEqual(expected);
  });
});
