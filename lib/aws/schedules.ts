/** Schedules on EventBridge Scheduler, in the stack's own group. */
import {
  ConflictException,
  CreateScheduleCommand,
  DeleteScheduleCommand,
  ResourceNotFoundException,
  type SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import type { ScheduleInput, Schedules } from '../ports/schedules.ts';
import { eventBridgeCron } from '../schedule/event-bridge.ts';
import { mostCrons } from '../schedule/most-crons.ts';

export type ScheduleSettings = {
  readonly group: string;
  /** What it invokes, and the role that lets it. */
  readonly functionArn: string;
  readonly roleArn: string;
  /** The queue of what could not be delivered. */
  readonly lostEventsArn: string;
};

/** A cron expression is up to two of EventBridge's. */
const mostSchedules = 2 * mostCrons;

/** The scheduler puts the time there that the expression named. */
const scheduledTime = '<aws.scheduler.scheduled-time>';

export function createSchedules(client: SchedulerClient, settings: ScheduleSettings): Schedules {
  const { group: GroupName } = settings;

  async function put(Name: string, input: ScheduleInput, ScheduleExpression: string): Promise<void> {
    const schedule = {
      Name,
      GroupName,
      Description: `Gofer: ${input.namespace}/${input.pipeline}`,
      ScheduleExpression,
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: settings.functionArn,
        RoleArn: settings.roleArn,
        Input: JSON.stringify({ ...input, time: scheduledTime }),
        // An hour: what can't be delivered by then is for the alarm.
        RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 60 },
        DeadLetterConfig: { Arn: settings.lostEventsArn },
      },
    } as const;
    try {
      await client.send(new CreateScheduleCommand(schedule));
    } catch (error) {
      if (!(error instanceof ConflictException)) throw error;
      await client.send(new UpdateScheduleCommand(schedule));
    }
  }

  async function remove(Name: string): Promise<void> {
    try {
      await client.send(new DeleteScheduleCommand({ Name, GroupName }));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  }

  return {
    async set(uid, inputs) {
      const wanted = inputs.flatMap((input) => eventBridgeCron(input.cron).map((aws) => ({ input, aws })));
      // Every name there may be: what a list call says could lag behind.
      const names = Array.from({ length: mostSchedules }, (_, i) => `${uid}-${i}`);
      await Promise.all(
        names.map((name, i) => {
          const each = wanted[i];
          return each ? put(name, each.input, each.aws) : remove(name);
        }),
      );
    },
  };
}
