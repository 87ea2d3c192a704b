/** The command against an account whose answers are AWS's own shapes. */
import { CloudFormationClient, DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { gofer } from '../cli/fake-io.ts';

const cloudFormation = mockClient(CloudFormationClient);
const sqs = mockClient(SQSClient);
const lambda = mockClient(LambdaClient);

const queueUrl = 'https://sqs.eu-central-1.amazonaws.com/123456789012/Gofer-LostEvents';
const arn = (name: string) => `arn:aws:lambda:eu-central-1:123456789012:function:${name}`;

const stopped = {
  version: '0',
  id: '3317b2af-7005-947d-b652-f55e762e571a',
  'detail-type': 'ECS Task State Change',
  source: 'aws.ecs',
  detail: { lastStatus: 'STOPPED', group: 'u1_7/build/1' },
};

const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });

/** As a rule's dead-letter queue gets it: the event as it was, its story in attributes. */
const undelivered = (event: unknown, target = 'Gofer-TaskStateChange', id = 'm1'): Message => ({
  MessageId: id,
  ReceiptHandle: `receipt-${id}`,
  Body: JSON.stringify(event),
  MessageAttributes: {
    RULE_ARN: attribute('arn:aws:events:eu-central-1:123456789012:rule/Gofer-TaskStateChange'),
    TARGET_ARN: attribute(arn(target)),
    ERROR_CODE: attribute('THROTTLING'),
    ERROR_MESSAGE: attribute('Rate Exceeded.'),
    EXHAUSTED_RETRY_CONDITION: attribute('MaximumRetryAttempts'),
    RETRY_ATTEMPTS: attribute('2'),
  },
});

/** As a function's failure destination gets it: a report, the event inside. */
const unanswered = (event: unknown, name = 'Gofer-TaskStateChange', id = 'm2'): Message => ({
  MessageId: id,
  ReceiptHandle: `receipt-${id}`,
  Body: JSON.stringify({
    version: '1.0',
    timestamp: '2026-11-23T12:16:05.568Z',
    requestContext: {
      requestId: 'e4b46cbf-b738-4b40-8880-a18cdf61200e',
      functionArn: `${arn(name)}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: 3,
    },
    requestPayload: event,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorType: 'TimeoutError', errorMessage: 'Task timed out after 30.00 seconds' },
  }),
});

const queueHolds = (...batches: Message[][]) => {
  const answers = sqs.on(ReceiveMessageCommand);
  for (const Messages of batches) answers.resolvesOnce({ Messages });
  answers.resolves({});
};
const invoked = () =>
  lambda.commandCalls(InvokeCommand).map(({ args: [{ input }] }) => ({
    name: input.FunctionName,
    payload: JSON.parse(Buffer.from(input.Payload as Uint8Array).toString()),
  }));
const removed = () => sqs.commandCalls(DeleteMessageCommand).map(({ args: [{ input }] }) => input.ReceiptHandle);
const givenBack = () =>
  sqs
    .commandCalls(ChangeMessageVisibilityCommand)
    .map(({ args: [{ input }] }) => [input.ReceiptHandle, input.VisibilityTimeout]);
const redrive = (flags = '') => gofer(`event redrive --region eu-central-1 --output json ${flags}`.trim());

beforeEach(() => {
  cloudFormation.reset();
  sqs.reset();
  lambda.reset();
  cloudFormation.on(DescribeStacksCommand).resolves({
    Stacks: [
      {
        StackName: 'Gofer',
        CreationTime: new Date(0),
        StackStatus: 'CREATE_COMPLETE',
        Outputs: [{ OutputKey: 'LostEventsQueueUrl', OutputValue: queueUrl }],
      },
    ],
  });
  cloudFormation.on(ListStackResourcesCommand).resolves({
    StackResourceSummaries: [
      ['ControlTaskStateChange1A2B3C4D', 'Gofer-TaskStateChange'],
      ['ControlSweep1A2B3C4D', 'Gofer-Sweep'],
    ].map(([LogicalResourceId, PhysicalResourceId]) => ({
      ResourceType: 'AWS::Lambda::Function',
      LogicalResourceId,
      PhysicalResourceId,
      LastUpdatedTimestamp: new Date(0),
      ResourceStatus: 'CREATE_COMPLETE',
    })),
  });
  lambda.on(InvokeCommand).resolves({ StatusCode: 200 });
});

describe('gofer event redrive', () => {
  test.each([
    ['a rule could not deliver', undelivered(stopped)],
    ['a function failed at', unanswered(stopped)],
  ])('hands an event that %s to its function, then removes it', async (_, message) => {
    queueHolds([message]);
    const { code, json } = await redrive();
    expect(invoked()).toEqual([{ name: 'Gofer-TaskStateChange', payload: stopped }]);
    expect(removed()).toEqual([message.ReceiptHandle]);
    expect(json()).toMatchObject([{ outcome: 'delivered', about: 'ECS Task State Change' }]);
    expect(code).toBe(0);
  });

  test('says why each was lost', async () => {
    queueHolds([undelivered(stopped)], [unanswered(stopped)]);
    const { stdout } = await gofer('event redrive --region eu-central-1', { env: { FORCE_COLOR: '0' } });
    expect(stdout).toContain('Rate Exceeded.');
    expect(stdout).toContain('Task timed out');
  });

  test('keeps an event whose function fails again, gives it back, and exits with 1', async () => {
    queueHolds([undelivered(stopped)]);
    lambda.on(InvokeCommand).resolves({
      StatusCode: 200,
      FunctionError: 'Unhandled',
      Payload: Buffer.from(JSON.stringify({ errorType: 'EnvironmentError', errorMessage: 'deploy again' })) as never,
    });
    const { code, json } = await redrive();
    expect(json()).toMatchObject([{ outcome: 'failed', problem: 'EnvironmentError: deploy again' }]);
    expect(removed()).toEqual([]);
    expect(givenBack()).toEqual([['receipt-m1', 0]]);
    expect(code).toBe(1);
  });

  test('gives back what it holds when AWS refuses a call', async () => {
    queueHolds([unanswered(stopped, 'Somebody-elses'), undelivered(stopped)]);
    lambda
      .on(InvokeCommand)
      .rejects(Object.assign(new Error('no lambda:InvokeFunction'), { name: 'AccessDeniedException' }));
    const { code, stderr } = await redrive();
    expect(stderr).toContain('AWS refuses it: no lambda:InvokeFunction');
    expect(givenBack()).toEqual([
      ['receipt-m2', 0],
      ['receipt-m1', 0],
    ]);
    expect(code).toBe(1);
  });

  test('changes nothing in a dry run', async () => {
    queueHolds([undelivered(stopped)], [unanswered(stopped)]);
    const { code, json } = await redrive('--dry-run');
    expect(json()).toMatchObject([{ outcome: 'ready' }, { outcome: 'ready' }]);
    expect(invoked()).toEqual([]);
    expect(removed()).toEqual([]);
    expect(givenBack()).toHaveLength(2);
    expect(code).toBe(0);
  });

  test('removes lost sweeps without repeating them', async () => {
    queueHolds([undelivered({ source: 'aws.events', 'detail-type': 'Scheduled Event' }, 'Gofer-Sweep')]);
    expect((await redrive()).json()).toMatchObject([{ outcome: 'needless' }]);
    expect(invoked()).toEqual([]);
    expect(removed()).toEqual(['receipt-m1']);
  });

  test('removes requests of CloudFormation, which has gone on long ago', async () => {
    const request = { RequestType: 'Update', ResponseURL: 'https://signed', LogicalResourceId: 'NightlyLive' };
    queueHolds([unanswered(request)]);
    const { json, stdout } = await redrive();
    expect(json()).toMatchObject([{ outcome: 'needless', about: 'Update of NightlyLive' }]);
    expect(stdout).not.toContain('https://signed');
    expect(invoked()).toEqual([]);
    expect(removed()).toEqual(['receipt-m2']);
  });

  test.each([
    ['for a function of another stack', unanswered(stopped, 'Somebody-elses'), 'is no function of this stack'],
    ['that is not JSON', { ...undelivered(stopped), Body: 'hello' }, 'is not JSON'],
    ['that names no function', { ...undelivered(stopped), MessageAttributes: {} }, 'names no function'],
    [
      'that was cut off',
      {
        ...undelivered(stopped),
        MessageAttributes: { TARGET_ARN: attribute(arn('Gofer-Sweep')), IS_PAYLOAD_TRUNCATED: attribute('true') },
      },
      'was cut off',
    ],
  ])('leaves a message alone %s', async (_, message, problem) => {
    queueHolds([message]);
    const { code, json } = await redrive();
    expect(json()).toMatchObject([{ outcome: 'refused', problem: expect.stringContaining(problem) }]);
    expect(invoked()).toEqual([]);
    expect(removed()).toEqual([]);
    expect(code).toBe(1);
  });

  test('stops when only messages that it has kept are left', async () => {
    const kept = unanswered(stopped, 'Somebody-elses');
    sqs.on(ReceiveMessageCommand).resolves({ Messages: [kept] });
    expect((await redrive()).json()).toHaveLength(1);
  });

  test('says that an empty queue is empty', async () => {
    queueHolds();
    expect((await gofer('event redrive --region eu-central-1')).stdout).toBe(
      'No event was lost: the queue is empty.\n',
    );
  });

  test.each([
    [
      'no stack',
      { name: 'ValidationError', message: 'Stack with id Gofer does not exist' },
      'there is no stack "Gofer"',
    ],
    ['no credentials', { name: 'CredentialsProviderError', message: 'Could not load' }, 'no AWS credentials found'],
    ['credentials that expired', { name: 'ExpiredToken', message: 'The token has expired' }, 'are not valid any more'],
  ])('says what is wrong and what to do: %s', async (_, error, text) => {
    cloudFormation.on(DescribeStacksCommand).rejects(Object.assign(new Error(error.message), { name: error.name }));
    const { code, stderr } = await redrive();
    expect(stderr).toContain(text);
    expect(stderr.split('\n').length).toBeGreaterThan(2);
    expect(code).toBe(1);
  });
});
