/** What the doctor reads in an account, from answers as AWS gives them. */
import { CloudFormationClient, DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import {
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTaskDefinitionFamiliesCommand,
  ListTasksCommand,
} from '@aws-sdk/client-ecs';
import { GetAccountSettingsCommand, GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ListServiceQuotasCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { DescribeStateMachineCommand, ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { deploy } from '../../lib/deployment/deploy.ts';
import { openAccount } from '../../lib/doctor/aws/reader.ts';
import { versionsIn } from '../../lib/doctor/aws/versions.ts';
import { buildConfig, configs, startApi } from '../api/client.ts';
import { createMemoryHome } from '../memory-home.ts';
import { environment } from './fake-account.ts';

const mocks = {
  cloudFormation: mockClient(CloudFormationClient),
  cloudWatch: mockClient(CloudWatchClient),
  dynamo: mockClient(DynamoDBClient),
  ec2: mockClient(EC2Client),
  ecs: mockClient(ECSClient),
  lambda: mockClient(LambdaClient),
  quotas: mockClient(ServiceQuotasClient),
  sfn: mockClient(SFNClient),
  sqs: mockClient(SQSClient),
  sts: mockClient(STSClient),
};
const { cloudFormation, cloudWatch, dynamo, ec2, ecs, lambda, quotas, sfn, sqs, sts } = mocks;
const account = () => openAccount({ stack: 'Gofer', region: 'eu-central-1' });

beforeEach(() => {
  for (const mock of Object.values(mocks)) mock.reset();
  lambda
    .on(GetFunctionConfigurationCommand, { FunctionName: 'Gofer-next' })
    .resolves({ Environment: { Variables: environment } });
});

test('who asks, the stack, its settings, quotas and the queue', async () => {
  sts.on(GetCallerIdentityCommand).resolves({ Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/ada' });
  cloudFormation.on(DescribeStacksCommand).resolves({
    Stacks: [
      {
        StackName: 'Gofer',
        CreationTime: new Date(0),
        StackStatus: 'CREATE_COMPLETE',
        Outputs: [{ OutputKey: 'ApiUrl', OutputValue: 'https://api' }],
      },
    ],
  });
  quotas.on(ListServiceQuotasCommand, { ServiceCode: 'fargate' }).resolves({
    Quotas: [{ QuotaCode: 'L-3032A538', QuotaName: 'Fargate On-Demand vCPU resource count', Value: 6 }],
  });
  lambda
    .on(GetAccountSettingsCommand)
    .resolves({ AccountLimit: { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 } });
  sqs.on(GetQueueAttributesCommand).resolves({ Attributes: { ApproximateNumberOfMessages: '4' } });

  const { identity, stack, fargateQuotas, concurrency, waiting } = account();
  expect(await identity()).toEqual({ account: '123456789012', arn: 'arn:aws:iam::123456789012:user/ada' });
  expect(await stack()).toEqual({
    name: 'Gofer',
    region: 'eu-central-1',
    status: 'CREATE_COMPLETE',
    outputs: { ApiUrl: 'https://api' },
  });
  expect(await fargateQuotas()).toEqual([
    { code: 'L-3032A538', name: 'Fargate On-Demand vCPU resource count', value: 6 },
  ]);
  expect(await concurrency()).toEqual({ all: 10, unreserved: 10 });
  expect(await waiting('https://queue')).toBe(4);
});

test('what the caller may not read is said so, for a warning', async () => {
  quotas
    .on(ListServiceQuotasCommand)
    .rejects(Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' }));
  await expect(account().fargateQuotas()).rejects.toMatchObject({
    code: 'forbidden',
    message: 'AWS refuses it: not authorized',
  });
});

test("the stack's alarms that have gone off", async () => {
  const resource = (ResourceType: string, PhysicalResourceId: string) => ({
    ResourceType,
    PhysicalResourceId,
    LogicalResourceId: 'A',
    LastUpdatedTimestamp: new Date(0),
    ResourceStatus: 'CREATE_COMPLETE' as const,
  });
  const StackResourceSummaries = [resource('AWS::CloudWatch::Alarm', 'Gofer-Sweep'), resource('AWS::SQS::Queue', 'q')];
  cloudFormation.on(ListStackResourcesCommand).resolves({ StackResourceSummaries });
  cloudWatch
    .on(DescribeAlarmsCommand, { AlarmNames: ['Gofer-Sweep'], StateValue: 'ALARM' })
    .resolves({ MetricAlarms: [{ AlarmName: 'Gofer-Sweep', AlarmDescription: 'It does not run.' }] });
  expect(await account().alarms()).toEqual({ all: 1, gone: [{ description: 'It does not run.' }] });
});

test('a stack of another version says that it has to be deployed again', async () => {
  lambda.on(GetFunctionConfigurationCommand).resolves({ Environment: { Variables: { GOFER_TABLE: 't' } } });
  await expect(account().environment()).rejects.toThrow(/GOFER_SUBNETS.*deploy the stack of this version again/);
});

describe('subnets', () => {
  beforeEach(() => {
    ec2.on(DescribeSubnetsCommand).resolves({
      Subnets: [
        { SubnetId: 'subnet-a', VpcId: 'vpc-1' },
        { SubnetId: 'subnet-b', VpcId: 'vpc-1' },
      ],
    });
    ec2.on(DescribeRouteTablesCommand).resolves({
      RouteTables: [
        {
          RouteTableId: 'rtb-main',
          VpcId: 'vpc-1',
          Associations: [{ Main: true }],
          Routes: [{ DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' }],
        },
        {
          RouteTableId: 'rtb-a',
          VpcId: 'vpc-1',
          Associations: [{ Main: false, SubnetId: 'subnet-a' }],
          Routes: [{ DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1', State: 'blackhole' }],
        },
      ],
    });
    ec2.on(DescribeVpcEndpointsCommand).resolves({
      VpcEndpoints: [
        endpoint('s3', { VpcEndpointType: 'Gateway', RouteTableIds: ['rtb-main'] }),
        endpoint('ecr.dkr', { VpcEndpointType: 'Interface' }),
        { ...endpoint('logs', { VpcEndpointType: 'Interface' }), State: 'Pending' },
      ],
    });
  });
  const endpoint = (service: string, more: object) => ({
    VpcId: 'vpc-1',
    ServiceName: `com.amazonaws.eu-central-1.${service}`,
    State: 'Available' as const,
    ...more,
  });

  test('take the route of their own table, else of the main one, and the endpoints that are ready', async () => {
    expect(await account().subnets(['subnet-a', 'subnet-b'])).toEqual([
      { id: 'subnet-a', gateway: 'nat-1', blackhole: true, endpoints: ['ecr.dkr'] },
      { id: 'subnet-b', endpoints: ['s3', 'ecr.dkr'] },
    ]);
  });

  test('that are all gone leave nothing to ask for', async () => {
    ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [] });
    expect(await account().subnets(['subnet-a'])).toEqual([]);
  });
});

test('of machines and task definitions only those of this installation are counted', async () => {
  const family = (digit: string) => `gofer-${digit.repeat(32)}`;
  dynamo.onAnyCommand().resolves({ Items: [] });
  ecs.on(ListTasksCommand).resolves({ taskArns: [] });
  ecs.on(DescribeTasksCommand).resolves({ tasks: [] });
  ecs.on(ListTaskDefinitionFamiliesCommand).resolves({ families: [family('1'), family('2'), 'gofer-of-somebody'] });
  ecs.on(DescribeTaskDefinitionCommand).resolves({ taskDefinition: { executionRoleArn: 'another' } });
  ecs
    .on(DescribeTaskDefinitionCommand, { taskDefinition: family('1') })
    .resolves({ taskDefinition: { revision: 3, executionRoleArn: environment.GOFER_EXECUTION_ROLE_ARN } });
  const machine = (name: string) => ({
    name,
    stateMachineArn: `${environment.GOFER_STATES_ARN}:stateMachine:${name}`,
    type: 'STANDARD' as const,
    creationDate: new Date(0),
  });
  const described = (name: string, roleArn: string) => ({ ...machine(name), definition: '{}', roleArn });
  sfn.on(ListStateMachinesCommand).resolves({ stateMachines: ['gofer_a_1', 'gofer_b_2', 'other'].map(machine) });
  sfn.on(DescribeStateMachineCommand).resolves(described('gofer_b_2', 'another'));
  sfn
    .on(DescribeStateMachineCommand, { stateMachineArn: machine('gofer_a_1').stateMachineArn })
    .resolves(described('gofer_a_1', environment.GOFER_MACHINE_ROLE_ARN));

  expect(await account().inventory()).toMatchObject({
    versions: [],
    machines: ['gofer_a_1'],
    families: [family('1')],
    unknown: { machines: ['gofer_a_1'], definitions: [`${family('1')}:3`] },
    containers: [],
  });
});

test('the task definition of an extension belongs to it as long as it has the token in there', async () => {
  const families = ['1', '2', '3'].map((digit) => `gofer-${digit.repeat(32)}`);
  const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:gofer/Gofer/_extension';
  const tokens = ['hooks/t1', 'hooks/old', 'gone/t2'];
  dynamo.onAnyCommand().resolves({ Items: [] });
  const row = { pk: { S: 'EXTENSIONS' }, sk: { S: 'hooks' }, id: { S: 'hooks' }, token: { S: 't1' } };
  dynamo
    .on(QueryCommand)
    .callsFake((query) => ({ Items: JSON.stringify(query).includes('"EXTENSIONS"') ? [row] : [] }));
  sfn.on(ListStateMachinesCommand).resolves({ stateMachines: [] });
  ecs.on(ListTasksCommand).resolves({ taskArns: [] });
  ecs.on(DescribeTasksCommand).resolves({ tasks: [] });
  ecs.on(ListTaskDefinitionFamiliesCommand).resolves({ families });
  for (const [i, taskDefinition] of families.entries()) {
    const secrets = [{ name: 'GOFER_EXTENSION_SYSTEM_SECRET', valueFrom: `${arn}/${tokens[i]}/value` }];
    const executionRoleArn = environment.GOFER_EXECUTION_ROLE_ARN;
    ecs
      .on(DescribeTaskDefinitionCommand, { taskDefinition })
      .resolves({ taskDefinition: { revision: 1, executionRoleArn, containerDefinitions: [{ secrets }] } });
  }
  const [, old, gone] = families;
  expect((await account().inventory()).unknown.definitions).toEqual([`${old}:1`, `${gone}:1`]);
});

test('the versions in the table, with what each needs', async () => {
  const home = createMemoryHome();
  const send = await startApi(home);
  await send(`POST ${configs}`, { body: { config: buildConfig } });
  await send(`POST ${configs}`, { body: { config: { ...buildConfig, name: 'New' } } });
  await deploy(home, { namespace: 'default', pipeline: 'build', version: 2 });

  const { versions, knownMachines, knownFamilies } = await versionsIn(home.table, environment);
  expect(versions.map(({ version, live }) => [version, live])).toEqual([
    [1, false],
    [2, true],
  ]);
  expect([...knownMachines].sort()).toEqual([...home.ensured].sort());
  // Three tasks of the same image share one definition.
  const [, live] = versions;
  expect(live?.families).toEqual([expect.stringMatching(/^gofer-[0-9a-f]{32}$/)]);
  expect([...knownFamilies]).toEqual(expect.arrayContaining([...(live?.families ?? [])]));
});

test('what a deleted pipeline has left is known until the sweep removes it', async () => {
  const home = createMemoryHome();
  const send = await startApi(home);
  await send(`POST ${configs}`, { body: { config: buildConfig } });
  await deploy(home, { namespace: 'default', pipeline: 'build', version: 1 });
  await send('DELETE /api/namespaces/default/pipelines/build');

  const { versions, knownMachines } = await versionsIn(home.table, environment);
  expect(versions).toEqual([]);
  expect([...knownMachines]).toEqual([...home.ensured]);
});
