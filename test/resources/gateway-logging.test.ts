import {
  APIGatewayClient,
  BadRequestException,
  GetAccountCommand,
  UpdateAccountCommand,
} from '@aws-sdk/client-api-gateway';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { gatewayLoggingResource } from '../../lambdas/resources/gateway-logging.ts';
import { createPlainResourceHandler } from '../../lambdas/resources/plain.ts';
import type { ResourceAnswer } from '../../lambdas/resources/request.ts';
import { createGatewayLogging } from '../../lib/aws/gateway-logging.ts';

const ours = 'arn:aws:iam::123456789012:role/ours';
const theirs = 'arn:aws:iam::123456789012:role/theirs';
const gateway = mockClient(APIGatewayClient);
const answers: ResourceAnswer[] = [];
const resource = gatewayLoggingResource(createGatewayLogging());
const handler = createPlainResourceHandler(
  resource,
  async (_, answer) => void answers.push(answer),
  async () => {},
);

/** The account's role, which all of its APIs log with. */
let role: string | undefined;

beforeEach(() => {
  role = undefined;
  answers.length = 0;
  gateway.reset();
  gateway.on(GetAccountCommand).callsFake(() => ({ cloudwatchRoleArn: role }));
  gateway.on(UpdateAccountCommand).callsFake(({ patchOperations: [{ op, path, value }] }) => {
    expect([op, path]).toEqual(['replace', '/cloudwatchRoleArn']);
    role = value || undefined;
    return {};
  });
});

const request = (RequestType: 'Create' | 'Update' | 'Delete', RoleArn = ours) => ({
  RequestType,
  RequestId: 'r-1',
  StackId: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/Gofer/uuid',
  LogicalResourceId: 'Setting',
  ResponseURL: 'https://cloudformation.example/answer',
  ResourceProperties: { RoleArn },
  ...(RequestType !== 'Create' && { PhysicalResourceId: ours }),
});

test('an account without a role for logs gets one, and has none again afterwards', async () => {
  await handler(request('Create'));
  expect(role).toBe(ours);
  await handler(request('Create'));
  await handler(request('Delete'));
  await handler(request('Delete'));
  expect(role).toBeUndefined();
  expect(new Set(answers.map(({ Status }) => Status))).toEqual(new Set(['SUCCESS']));
});

test('a role that somebody else has set stays, at the end too', async () => {
  role = theirs;
  await handler(request('Create'));
  expect(role).toBe(theirs);
  await handler(request('Delete'));
  expect([role, gateway.commandCalls(UpdateAccountCommand).length]).toEqual([theirs, 0]);
});

test('a role that API Gateway can’t assume yet is offered again', async () => {
  const early = new BadRequestException({ message: 'The role ARN does not have required permissions', $metadata: {} });
  gateway.on(UpdateAccountCommand).rejectsOnce(early).rejectsOnce(early).resolves({});
  await handler(request('Create'));
  expect(answers).toEqual([{ Status: 'SUCCESS', PhysicalResourceId: ours }]);
});

test('one that it never can fails the resource with its words', async () => {
  gateway.on(UpdateAccountCommand).rejects(new BadRequestException({ message: 'no permissions', $metadata: {} }));
  await handler(request('Create'));
  expect(answers).toEqual([
    { Status: 'FAILED', PhysicalResourceId: ours, Reason: expect.stringContaining('no permissions') },
  ]);
});

test('an update that makes another role offers that; CloudFormation then takes the old one away', async () => {
  const next = `${ours}-2`;
  role = ours;
  await handler(request('Update', next));
  await handler(request('Delete'));
  expect([role, answers[0]?.PhysicalResourceId]).toEqual([next, next]);
});
