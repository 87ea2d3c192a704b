/** Parts of the home that some functions never touch: whoever needs one brings it along, the others stay small. */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { Parts } from './home.ts';
import { createLogs } from './logs.ts';
import { patient } from './retry.ts';
import { createSchedules } from './schedules.ts';

export const logs: Parts['logs'] = (env, { region, table }) =>
  createLogs(new CloudWatchLogsClient({ region, ...patient() }), table, { logGroup: env.GOFER_TASK_LOG_GROUP });

export const schedules: Parts['schedules'] = (env, { region }) =>
  createSchedules(new SchedulerClient({ region, ...patient() }), {
    group: env.GOFER_SCHEDULE_GROUP,
    functionArn: env.GOFER_SCHEDULE_FUNCTION_ARN,
    roleArn: env.GOFER_SCHEDULE_ROLE_ARN,
    lostEventsArn: env.GOFER_LOST_EVENTS_ARN,
  });
