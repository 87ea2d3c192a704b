/** The home on AWS: what a function of the stack works with. Made once a cold start. */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Home } from '../home.ts';
import { createDynamoTable } from '../store/dynamo.ts';
import { createContainers } from './containers.ts';
import { dynamoProtocol } from './dynamo.ts';
import { readEnvironment } from './environment.ts';
import { type AwsEventBus, createEventBus } from './event-bus.ts';
import { createLogs } from './logs.ts';
import { createMachines } from './machines.ts';
import { patient } from './retry.ts';
import { createSchedules } from './schedules.ts';

export type AwsHome = Home & { readonly bus: AwsEventBus };

export function createAwsHome(variables: Readonly<Record<string, string | undefined>> = process.env): AwsHome {
  const env = readEnvironment(variables);
  // arn:aws:states:eu-central-1:123456789012
  const region = env.GOFER_STATES_ARN.split(':')[3] ?? '';
  const table = createDynamoTable(dynamoProtocol(new DynamoDBClient({ region, ...patient() })), env.GOFER_TABLE);
  return {
    table,
    machines: createMachines(new SFNClient({ region, ...patient() }), {
      statesArn: env.GOFER_STATES_ARN,
      roleArn: env.GOFER_MACHINE_ROLE_ARN,
      logGroupArn: env.GOFER_MACHINE_LOG_GROUP_ARN,
    }),
    containers: createContainers(new ECSClient({ region, ...patient() }), {
      installation: env.GOFER_INSTALLATION,
      clusterArn: env.GOFER_CLUSTER_ARN,
      executionRoleArn: env.GOFER_EXECUTION_ROLE_ARN,
      logGroup: env.GOFER_TASK_LOG_GROUP,
      region,
    }),
    logs: createLogs(new CloudWatchLogsClient({ region, ...patient() }), table, { logGroup: env.GOFER_TASK_LOG_GROUP }),
    schedules: createSchedules(new SchedulerClient({ region, ...patient() }), {
      group: env.GOFER_SCHEDULE_GROUP,
      functionArn: env.GOFER_SCHEDULE_FUNCTION_ARN,
      roleArn: env.GOFER_SCHEDULE_ROLE_ARN,
      lostEventsArn: env.GOFER_LOST_EVENTS_ARN,
    }),
    bus: createEventBus(new EventBridgeClient({ region, ...patient() }), {
      bus: env.GOFER_BUS,
      onLost: (count, why) => console.warn(`${count} events did not reach the bus ${env.GOFER_BUS}:`, why),
    }),
    now: Date.now,
    random: Math.random,
    afterwards: (work) => work(),
    settings: {
      kind: 'aws',
      network: {
        AwsvpcConfiguration: {
          Subnets: env.GOFER_SUBNETS.split(','),
          SecurityGroups: env.GOFER_SECURITY_GROUPS.split(','),
          AssignPublicIp: env.GOFER_PUBLIC_IP,
        },
      },
      cluster: env.GOFER_CLUSTER_ARN,
      nextFunction: env.GOFER_NEXT_FUNCTION,
      finishFunction: env.GOFER_FINISH_FUNCTION,
      capacity: [{ CapacityProvider: env.GOFER_CAPACITY_PROVIDER, Weight: 1 }],
      size: { cpu: Number(env.GOFER_DEFAULT_CPU), memory: Number(env.GOFER_DEFAULT_MEMORY) },
      architecture: env.GOFER_DEFAULT_ARCHITECTURE,
      defaultTimeout: Number(env.GOFER_DEFAULT_TIMEOUT),
      maxTimeout: Number(env.GOFER_MAX_TIMEOUT),
      quiet: 120,
    },
  };
}
