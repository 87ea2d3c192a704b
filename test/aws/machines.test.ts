import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  InvalidToken,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StateMachineAlreadyExists,
  StateMachineDeleting,
  StateMachineDoesNotExist,
  StopExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { createMachines } from '../../lib/aws/machines.ts';
import { MachineMissingError } from '../../lib/ports/machines.ts';

const client = new SFNClient({ region: 'eu-central-1' });
const aws = mockClient(client);
const statesArn = 'arn:aws:states:eu-central-1:123456789012';
const machines = createMachines(client, {
  statesArn,
  roleArn: 'arn:aws:iam::123456789012:role/machines',
  logGroupArn: 'arn:aws:logs:eu-central-1:123456789012:log-group:/aws/vendedlogs/states/gofer:*',
});
const definition = { StartAt: 'finish run', States: { 'finish run': { Type: 'Pass', End: true } } };
const execution = { machine: 'gofer_u1_abc', name: 'u1_7' };
const executionArn = `${statesArn}:execution:gofer_u1_abc:u1_7`;
const error = { message: 'as AWS says it', $metadata: {} };
/** What a call was given. */
const sent = () => aws.calls().map(({ args: [command] }) => command.input);

beforeEach(() => aws.reset());

describe('a machine', () => {
  test('is created as a Standard one that logs errors without data', async () => {
    aws.on(CreateStateMachineCommand).resolves({ stateMachineArn: `${statesArn}:stateMachine:gofer_u1_abc` });
    await machines.ensure('gofer_u1_abc', definition);
    expect(sent()).toEqual([
      {
        name: 'gofer_u1_abc',
        definition: JSON.stringify(definition),
        roleArn: 'arn:aws:iam::123456789012:role/machines',
        type: 'STANDARD',
        loggingConfiguration: {
          level: 'ERROR',
          includeExecutionData: false,
          destinations: [
            {
              cloudWatchLogsLogGroup: {
                logGroupArn: 'arn:aws:logs:eu-central-1:123456789012:log-group:/aws/vendedlogs/states/gofer:*',
              },
            },
          ],
        },
      },
    ]);
  });

  test('that exists is what was asked for', async () => {
    aws.on(CreateStateMachineCommand).rejects(new StateMachineAlreadyExists(error));
    await expect(machines.ensure('gofer_u1_abc', definition)).resolves.toBeUndefined();
  });

  test('is removed by its name; one that is unknown is removed already', async () => {
    aws.on(DeleteStateMachineCommand).resolves({});
    await machines.remove('gofer_u1_abc');
    expect(sent()).toEqual([{ stateMachineArn: `${statesArn}:stateMachine:gofer_u1_abc` }]);
  });

  test('that is being deleted can not be relied on', async () => {
    aws.on(CreateStateMachineCommand).rejects(new StateMachineDeleting(error));
    await expect(machines.ensure('gofer_u1_abc', definition)).rejects.toThrow(StateMachineDeleting);
  });
});

describe('an execution', () => {
  test('is started by name with its exact input', async () => {
    aws.on(StartExecutionCommand).resolves({ executionArn, startDate: new Date() });
    await machines.start({ ...execution, input: '{"r":"u1_7"}' });
    expect(sent()).toEqual([
      { stateMachineArn: `${statesArn}:stateMachine:gofer_u1_abc`, name: 'u1_7', input: '{"r":"u1_7"}' },
    ]);
  });

  test('that was started before, and may have closed, is started already', async () => {
    aws.on(StartExecutionCommand).rejects(new ExecutionAlreadyExists(error));
    await expect(machines.start({ ...execution, input: '{}' })).resolves.toBeUndefined();
  });

  test('on a machine that somebody has deleted is refused by name', async () => {
    aws.on(StartExecutionCommand).rejects(new StateMachineDoesNotExist(error));
    const start = machines.start({ ...execution, input: '{}' });
    await expect(start).rejects.toThrow(MachineMissingError);
    await expect(start).rejects.toThrow('there is no machine gofer_u1_abc');
  });

  test('is stopped with a cause, cut to what Step Functions takes', async () => {
    aws.on(StopExecutionCommand).resolves({ stopDate: new Date() });
    await machines.stop(execution, 'x'.repeat(40_000));
    expect(sent()).toEqual([{ executionArn, cause: 'x'.repeat(32_768) }]);
  });

  test('that is unknown is stopped already', async () => {
    aws.on(StopExecutionCommand).rejects(new ExecutionDoesNotExist(error));
    await expect(machines.stop(execution, 'cancelled')).resolves.toBeUndefined();
  });

  test.each([
    [{ status: 'RUNNING' as const }, { state: 'running' }],
    [{ status: 'PENDING_REDRIVE' as const }, { state: 'running' }],
    [
      { status: 'SUCCEEDED' as const, stopDate: new Date(5000) },
      { state: 'closed', status: 'SUCCEEDED', stopped: 5000 },
    ],
    [
      { status: 'FAILED' as const, stopDate: new Date(5000), error: 'Gofer.Failed', cause: '"build" failed' },
      { state: 'closed', status: 'FAILED', stopped: 5000, error: 'Gofer.Failed', cause: '"build" failed' },
    ],
  ])('is described: %o', async (described, expected) => {
    aws.on(DescribeExecutionCommand, { executionArn }).resolves({ executionArn, ...described });
    expect(await machines.describe(execution)).toEqual(expected);
  });

  test('that is unknown is undefined', async () => {
    aws.on(DescribeExecutionCommand).rejects(new ExecutionDoesNotExist(error));
    expect(await machines.describe(execution)).toBeUndefined();
  });
});

describe('a waiting state', () => {
  test('is answered with an output', async () => {
    aws.on(SendTaskSuccessCommand).resolves({});
    expect(await machines.answer('token', { output: { k: 1 } })).toBe(true);
    expect(sent()).toEqual([{ taskToken: 'token', output: '{"k":1}' }]);
  });

  test('is answered with an error', async () => {
    aws.on(SendTaskFailureCommand).resolves({});
    expect(await machines.answer('token', { error: 'Gofer.Over', cause: 'skipped' })).toBe(true);
    expect(sent()).toEqual([{ taskToken: 'token', error: 'Gofer.Over', cause: 'skipped' }]);
  });

  test.each([TaskTimedOut, TaskDoesNotExist, InvalidToken])('that is gone was answered already: %o', async (Gone) => {
    aws.on(SendTaskSuccessCommand).rejects(new Gone(error));
    expect(await machines.answer('token', { output: {} })).toBe(false);
  });

  test('stays unanswered when Step Functions fails', async () => {
    aws.on(SendTaskSuccessCommand).rejects(new Error('503'));
    await expect(machines.answer('token', { output: {} })).rejects.toThrow('503');
  });
});
