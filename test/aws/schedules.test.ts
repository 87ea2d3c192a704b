import {
  ConflictException,
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  InternalServerException,
  ResourceNotFoundException,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { createSchedules } from '../../lib/aws/schedules.ts';
import { describeSchedules } from '../ports/schedules.contract.ts';
import { awsComesAt } from '../schedule/aws-times.ts';

const client = new SchedulerClient({ region: 'eu-central-1' });
const aws = mockClient(client);
const schedules = createSchedules(client, {
  group: 'Gofer',
  functionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:Gofer-schedule',
  roleArn: 'arn:aws:iam::123456789012:role/scheduler',
  lostEventsArn: 'arn:aws:sqs:eu-central-1:123456789012:lost',
});
const error = { message: 'as AWS says it', Message: 'as AWS says it', $metadata: {} };
const input = { v: 1, namespace: 'default', pipeline: 'nightly', uid: 'u1', cron: '0 3 * * MON-FRI' } as const;

beforeEach(() => aws.reset());

/** A group that behaves as Scheduler documents it. */
async function emulated() {
  const group = new Map<string, CreateScheduleCommandInput>();
  aws.on(CreateScheduleCommand).callsFake((schedule: CreateScheduleCommandInput) => {
    if (group.has(schedule.Name ?? '')) throw new ConflictException(error);
    group.set(schedule.Name ?? '', schedule);
  });
  aws.on(UpdateScheduleCommand).callsFake((schedule: CreateScheduleCommandInput) => {
    if (!group.has(schedule.Name ?? '')) throw new ResourceNotFoundException(error);
    group.set(schedule.Name ?? '', schedule);
  });
  aws.on(DeleteScheduleCommand).callsFake(({ Name }: { Name: string }) => {
    if (!group.delete(Name)) throw new ResourceNotFoundException(error);
  });
  const sentAt = async (minute: string) =>
    [...group.values()]
      .filter(({ ScheduleExpression = '' }) => awsComesAt(ScheduleExpression, Date.parse(minute)))
      .map(({ Target }) => JSON.parse((Target?.Input ?? '').replace('<aws.scheduler.scheduled-time>', minute)));
  return { schedules, sentAt, group };
}

describeSchedules(emulated);

describe('on EventBridge Scheduler', () => {
  test('a schedule is exact, in UTC, in the group, and loses nothing silently', async () => {
    const { group } = await emulated();
    await schedules.set('u1', [input]);
    expect([...group.values()]).toEqual([
      {
        Name: 'u1-0',
        GroupName: 'Gofer',
        Description: 'Gofer: default/nightly',
        ScheduleExpression: 'cron(0 3 ? * 2-6 *)',
        ScheduleExpressionTimezone: 'UTC',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: 'arn:aws:lambda:eu-central-1:123456789012:function:Gofer-schedule',
          RoleArn: 'arn:aws:iam::123456789012:role/scheduler',
          Input: JSON.stringify({ ...input, time: '<aws.scheduler.scheduled-time>' }),
          RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 60 },
          DeadLetterConfig: { Arn: 'arn:aws:sqs:eu-central-1:123456789012:lost' },
        },
      },
    ]);
  });

  test('ten expressions of both day fields are as many schedules as there may be, and all are taken away', async () => {
    const { group } = await emulated();
    const inputs = Array.from({ length: 10 }, (_, i) => ({ ...input, cron: `${i} 3 1 * MON` }));
    await schedules.set('u1', inputs);
    expect(group.size).toBe(20);
    for (const name of group.keys()) expect(name).toMatch(/^[0-9a-zA-Z-_.]{1,64}$/);
    await schedules.set('u1', []);
    expect(group.size).toBe(0);
  });

  test('an error of AWS is thrown, so that the sweep tries again', async () => {
    aws.on(CreateScheduleCommand).rejects(new InternalServerException(error));
    aws.on(DeleteScheduleCommand).rejects(new ResourceNotFoundException(error));
    await expect(schedules.set('u1', [input])).rejects.toThrow(InternalServerException);
    aws.on(CreateScheduleCommand).resolves({});
    aws.on(DeleteScheduleCommand).rejects(new InternalServerException(error));
    await expect(schedules.set('u1', [input])).rejects.toThrow(InternalServerException);
  });
});
