/** An account in which everything is as it should be, but for what a test says. */
import type { ApiFacts } from '../../lib/doctor/api.ts';
import type { Account } from '../../lib/doctor/aws/account.ts';
import { awsChecks } from '../../lib/doctor/aws/checks.ts';
import type { Inventory } from '../../lib/doctor/aws/orphans.ts';
import type { Told } from '../../lib/doctor/aws/told.ts';
import { examine, type Finding } from '../../lib/doctor/check.ts';

export const apiUrl = 'https://abc123.execute-api.eu-central-1.amazonaws.com/prod';
export const now = Date.UTC(2026, 10, 23, 12);

export const environment: Told = {
  GOFER_INSTALLATION: 'Gofer',
  GOFER_TABLE: 'Gofer-Table',
  GOFER_CLUSTER_ARN: 'arn:aws:ecs:eu-central-1:123456789012:cluster/Gofer',
  GOFER_SUBNETS: 'subnet-a,subnet-b',
  GOFER_PUBLIC_IP: 'ENABLED',
  GOFER_STATES_ARN: 'arn:aws:states:eu-central-1:123456789012',
  GOFER_MACHINE_ROLE_ARN: 'arn:aws:iam::123456789012:role/Gofer-machines',
  GOFER_EXECUTION_ROLE_ARN: 'arn:aws:iam::123456789012:role/Gofer-execution',
  GOFER_TASK_LOG_GROUP: 'Gofer-tasks',
  GOFER_SECRET_STORE: 'secrets-manager',
  GOFER_CAPACITY_PROVIDER: 'FARGATE',
  GOFER_DEFAULT_CPU: '256',
  GOFER_DEFAULT_ARCHITECTURE: 'x86_64',
};

export const inventory: Inventory = {
  versions: [
    { namespace: 'default', pipeline: 'build', version: 1, live: false, machine: 'gofer_u1_1', families: ['gofer-1'] },
    { namespace: 'default', pipeline: 'build', version: 2, live: true, machine: 'gofer_u1_2', families: ['gofer-1'] },
  ],
  // The machine of a version that nothing needs any more was removed: that is how it should be.
  machines: ['gofer_u1_2'],
  families: ['gofer-1'],
  unknown: { machines: [], definitions: [] },
  containers: [{ arn: 'arn:task/1', createdAt: now - 3_600_000, expected: true }],
  statesArn: environment.GOFER_STATES_ARN,
  clusterArn: environment.GOFER_CLUSTER_ARN,
  now,
};

export const healthy: Account = {
  identity: async () => ({ account: '123456789012', arn: 'arn:aws:iam::123456789012:user/ada' }),
  stack: async () => ({
    name: 'Gofer',
    region: 'eu-central-1',
    status: 'UPDATE_COMPLETE',
    outputs: {
      ApiUrl: apiUrl,
      TableName: 'Gofer-Table',
      ClusterName: 'Gofer',
      LostEventsQueueUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/Gofer-Lost',
    },
  }),
  environment: async () => environment,
  fargateQuotas: async () => [
    { code: 'L-3032A538', name: 'Fargate On-Demand vCPU resource count', value: 64 },
    { code: 'L-36FBB829', name: 'Fargate Spot vCPU resource count', value: 32 },
  ],
  concurrency: async () => ({ all: 1000, unreserved: 990 }),
  subnets: async (ids) => ids.map((id) => ({ id, gateway: 'igw-1', endpoints: ['s3', 'dynamodb'] })),
  waiting: async () => 0,
  alarms: async () => ({ all: 8, gone: [] }),
  inventory: async () => inventory,
};

export const answering: ApiFacts = {
  url: apiUrl,
  version: '0.1.0',
  answer: { version: '0.1.0' },
  access: { user: 'ada', expires: 0 },
  token: true,
  here: now,
  there: now,
};

/** What the doctor says of an account like {@link healthy}, changed. */
export const examined = (
  account: Partial<Account> = {},
  api: Partial<ApiFacts> = {},
  url = apiUrl,
): Promise<Finding[]> =>
  examine(
    awsChecks({ account: { ...healthy, ...account }, api: async () => ({ ...answering, ...api }), url, chosen: true }),
  );

/** The findings that are not ok. */
export const complaints = (findings: readonly Finding[]) => findings.filter(({ status }) => status !== 'ok');
