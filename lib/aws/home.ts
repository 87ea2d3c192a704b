/** The home on AWS: what a function of the stack works with. Made once a cold start. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { ExtensionHost } from '../extension/host.ts';
import type { Home } from '../home.ts';
import type { Logs } from '../ports/logs.ts';
import type { Objects } from '../ports/objects.ts';
import type { Schedules } from '../ports/schedules.ts';
import type { Secrets } from '../ports/secrets.ts';
import { createDynamoTable } from '../store/dynamo.ts';
import type { Table } from '../store/table.ts';
import { createContainers } from './containers.ts';
import { dynamoProtocol } from './dynamo.ts';
import { containerSettings, type Environment, placeOf, readEnvironment } from './environment.ts';
import { type AwsEventBus, createEventBus } from './event-bus.ts';
import { createMachines } from './machines.ts';
import { patient } from './retry.ts';
import { whenUsed } from './when-used.ts';

export type AwsHome = Home & { readonly bus: AwsEventBus };

type Place = { readonly region: string; readonly table: Table };

/** What not every function needs; `parts.ts` has them. */
export type Parts = {
  readonly logs: (env: Environment, place: Place) => Logs;
  readonly objects: (env: Environment) => Objects;
  readonly schedules: (env: Environment, place: Place) => Schedules;
  readonly secrets: (env: Environment, place: Place) => Secrets;
  /** `undefined` where extensions are switched off. */
  readonly extensions: (env: Environment, place: Place & { readonly secrets: Secrets }) => ExtensionHost | undefined;
};

export function createAwsHome(
  variables: Readonly<Record<string, string | undefined>> = process.env,
  parts: Partial<Parts> = {},
): AwsHome {
  const env = readEnvironment(variables);
  const { region, rolesArn } = placeOf(env.GOFER_STATES_ARN);
  const table = createDynamoTable(dynamoProtocol(new DynamoDBClient({ region, ...patient() })), env.GOFER_TABLE);
  const secrets = parts.secrets?.(env, { region, table }) ?? absent('secrets');
  const extensions = parts.extensions?.(env, { region, table, secrets });
  return {
    table,
    machines: createMachines(
      whenUsed(() => new SFNClient({ region, ...patient() })),
      {
        statesArn: env.GOFER_STATES_ARN,
        roleArn: env.GOFER_MACHINE_ROLE_ARN,
        logGroupArn: env.GOFER_MACHINE_LOG_GROUP_ARN,
      },
    ),
    containers: createContainers(
      whenUsed(() => new ECSClient({ region, ...patient() })),
      containerSettings(env),
    ),
    logs: parts.logs?.(env, { region, table }) ?? absent('logs'),
    objects: parts.objects?.(env) ?? absent('objects'),
    schedules: parts.schedules?.(env, { region, table }) ?? absent('schedules'),
    secrets,
    ...(extensions && { extensions }),
    bus: createEventBus(new EventBridgeClient({ region, ...patient() }), {
      bus: env.GOFER_BUS,
      onLost: (count, why) => console.warn(`${count} events did not reach the bus ${env.GOFER_BUS}:`, why),
    }),
    apiBaseUrl: async () => env.GOFER_API_BASE_URL,
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
      retention: {
        pipelineObjects: Number(env.GOFER_PIPELINE_OBJECTS),
        runObjects: Number(env.GOFER_RUN_OBJECTS),
        ...(env.GOFER_RUN_LOGS !== undefined && { runLogs: Number(env.GOFER_RUN_LOGS) }),
      },
      ...(env.GOFER_ATTACH_ROLE && { attachRole: env.GOFER_ATTACH_ROLE }),
      taskRoles: { account: rolesArn, allowed: env.GOFER_TASK_ROLES?.split(' ') ?? [] },
    },
  };
}

/** Fails when it is used, and says what is missing. */
const absent = <Part extends object>(part: keyof Parts): Part =>
  new Proxy({} as Part, {
    get: (_, call) => () => {
      throw new Error(`${part}.${String(call)} is called in a function that was made without ${part}`);
    },
  });
