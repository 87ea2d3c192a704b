/** All that the account keeps of pipelines and runs, as text by place, but for the store of secrets. */
import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import {
  CloudWatchLogsClient,
  GetLogEventsCommand,
  paginateDescribeLogGroups,
  paginateDescribeLogStreams,
} from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { DescribeTaskDefinitionCommand, ECSClient, paginateListTaskDefinitions } from '@aws-sdk/client-ecs';
import {
  DeleteRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  paginateGetExecutionHistory,
  paginateListExecutions,
  paginateListStateMachines,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { CreateQueueCommand, DeleteQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { account, type Emulator, region } from './emulator.ts';
import type { AwsInstallation } from './installation.ts';

/** What stands at a place, by the name of the thing: `{"gofer_nightly_1a2b": "…"}`. */
export type Place = Readonly<Record<string, string>>;

type Named = readonly [name: string, thing: unknown];

/** For clients of its services. */
export const options = ({ url }: Emulator) => ({
  endpoint: url,
  region,
  credentials: { accessKeyId: account, secretAccessKey: 'of no meaning' },
});

const queue = 'overheard';

export type Overheard = {
  /** All that was told so far. */
  readonly events: () => Promise<Place>;
  readonly stop: () => Promise<void>;
};

/** From now on every event of the product's bus and of the account's own is kept. */
export async function overhear({ emulator, outputs }: AwsInstallation): Promise<Overheard> {
  const [bridge, sqs] = [new EventBridgeClient(options(emulator)), new SQSClient(options(emulator))];
  const QueueUrl = `${emulator.url}/${account}/${queue}`;
  const heard: Record<string, string> = {};
  const buses = ['default', outputs['BusName'] ?? ''];
  const EventPattern = JSON.stringify({ source: [{ prefix: '' }] });
  const Targets = [{ Id: queue, Arn: `arn:aws:sqs:${region}:${account}:${queue}` }];
  await sqs.send(new CreateQueueCommand({ QueueName: queue }));
  for (const EventBusName of buses) {
    await bridge.send(new PutRuleCommand({ Name: queue, EventBusName, EventPattern, State: 'ENABLED' }));
    await bridge.send(new PutTargetsCommand({ Rule: queue, EventBusName, Targets }));
  }
  return {
    events: async () => Object.assign(heard, await messages(sqs, QueueUrl)),
    stop: async () => {
      for (const EventBusName of buses) {
        await bridge.send(new RemoveTargetsCommand({ Rule: queue, EventBusName, Ids: [queue] }));
        await bridge.send(new DeleteRuleCommand({ Name: queue, EventBusName }));
      }
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    },
  };
}

export async function placesOf({ emulator, outputs }: AwsInstallation) {
  const at = options(emulator);
  const [table, machines, executions, definitions, functions, logs, lost, template] = await Promise.all([
    rows(new DynamoDBClient(at), outputs['TableName'] ?? ''),
    stateMachines(new SFNClient(at)),
    histories(new SFNClient(at)),
    taskDefinitions(new ECSClient(at)),
    ownFunctions(new LambdaClient(at)),
    logStreams(new CloudWatchLogsClient(at)),
    messages(new SQSClient(at), outputs['LostEventsQueueUrl'] ?? ''),
    new CloudFormationClient(at).send(new GetTemplateCommand({ StackName: 'Gofer' })),
  ]);
  const own = (name: string) => name.startsWith(`${outputs['LogGroupName']} `);
  return {
    table,
    machines,
    executions,
    'task definitions': definitions,
    functions,
    'lost events': lost,
    template: { Gofer: textOf(template) },
    'logs of the product': only(logs, (name) => !own(name)),
    'logs of tasks': only(logs, own),
  } satisfies Readonly<Record<string, Place>>;
}

const only = (place: Place, wanted: (name: string) => boolean): Place =>
  Object.fromEntries(Object.entries(place).filter(([name]) => wanted(name)));

/** Keys and texts within a value, unescaped. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  return Object.entries(value)
    .map(([key, each]) => `${key}: ${textOf(each)}`)
    .join('\n');
}

async function collected<T>(pages: AsyncIterable<T>, of: (page: T) => Promise<readonly Named[]>): Promise<Place> {
  const found: Record<string, string> = {};
  for await (const page of pages) for (const [name, value] of await of(page)) found[name] = textOf(value);
  return found;
}

const rows = (client: DynamoDBClient, TableName: string) =>
  collected(paginateScan({ client }, { TableName }), async ({ Items = [] }) =>
    Items.map((item) => [`${item['pk']?.S} ${item['sk']?.S}`, item]),
  );

const stateMachines = (client: SFNClient) =>
  collected(paginateListStateMachines({ client }, {}), async ({ stateMachines = [] }) =>
    Promise.all(
      stateMachines.map(
        async ({ name = '', stateMachineArn }): Promise<Named> => [
          name,
          await client.send(new DescribeStateMachineCommand({ stateMachineArn })),
        ],
      ),
    ),
  );

/** Of every execution: what went in, what came out, and each of its events. */
async function histories(client: SFNClient): Promise<Place> {
  const found: Record<string, string> = {};
  for await (const { stateMachines = [] } of paginateListStateMachines({ client }, {}))
    for (const { stateMachineArn } of stateMachines)
      for await (const { executions = [] } of paginateListExecutions({ client }, { stateMachineArn }))
        for (const { executionArn, name = '' } of executions) {
          found[name] = textOf(await client.send(new DescribeExecutionCommand({ executionArn })));
          const history = { executionArn, includeExecutionData: true };
          for await (const { events } of paginateGetExecutionHistory({ client }, history))
            found[name] += textOf(events);
        }
  return found;
}

const taskDefinitions = (client: ECSClient) =>
  collected(paginateListTaskDefinitions({ client }, {}), async ({ taskDefinitionArns = [] }) =>
    Promise.all(
      taskDefinitionArns.map(
        async (taskDefinition): Promise<Named> => [
          taskDefinition,
          await client.send(new DescribeTaskDefinitionCommand({ taskDefinition })),
        ],
      ),
    ),
  );

const ownFunctions = (client: LambdaClient) =>
  collected(paginateListFunctions({ client }, {}), async ({ Functions = [] }) =>
    Functions.map((each) => [each.FunctionName ?? '', each]),
  );

/** As `<group> <stream>`. */
async function logStreams(client: CloudWatchLogsClient): Promise<Place> {
  const found: Record<string, string> = {};
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, {}))
    for (const { logGroupName = '' } of logGroups)
      for await (const { logStreams = [] } of paginateDescribeLogStreams({ client }, { logGroupName }))
        for (const { logStreamName = '' } of logStreams)
          found[`${logGroupName} ${logStreamName}`] = await logOf(client, { logGroupName, logStreamName });
  return found;
}

type LogStream = { readonly logGroupName: string; readonly logStreamName: string };

/** The end of a stream is told by a token that stays. */
async function logOf(client: CloudWatchLogsClient, stream: LogStream): Promise<string> {
  const lines: string[] = [];
  for (let before: string | undefined, nextToken: string | undefined; ; ) {
    const page = await client.send(new GetLogEventsCommand({ ...stream, startFromHead: true, nextToken }));
    lines.push(...(page.events ?? []).map(({ message = '' }) => message));
    [before, nextToken] = [nextToken, page.nextForwardToken];
    if (nextToken === undefined || nextToken === before) return lines.join('\n');
  }
}

/** Looked at, not taken away: each is hidden for a while, so that the next look finds others. */
async function messages(client: SQSClient, QueueUrl: string): Promise<Place> {
  const found: Record<string, string> = {};
  for (;;) {
    const input = { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600 };
    const { Messages = [] } = await client.send(new ReceiveMessageCommand(input));
    if (!Messages.length) return found;
    for (const { MessageId = '', Body = '' } of Messages) found[MessageId] = Body;
  }
}
