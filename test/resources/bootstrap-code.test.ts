import {
  DeleteParameterCommand,
  GetParameterCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { bootstrapCodeResource } from '../../lambdas/resources/bootstrap-code.ts';
import { createPlainResourceHandler } from '../../lambdas/resources/plain.ts';
import type { ResourceAnswer } from '../../lambdas/resources/request.ts';
import { createBootstrapCode } from '../../lib/aws/bootstrap-code.ts';
import { bootstrapParameter } from '../../lib/aws/bootstrap-parameter.ts';
import { invocations } from '../../lib/system/invocations.ts';

const name = bootstrapParameter('Gofer');
const ssm = mockClient(SSMClient);
const answers: ResourceAnswer[] = [];
const handler = createPlainResourceHandler(
  bootstrapCodeResource(createBootstrapCode),
  async (_, answer) => void answers.push(answer),
  async () => {},
);

/** Systems Manager, as far as one parameter goes. */
let kept: string | undefined;
const none = () => new ParameterNotFound({ message: '', $metadata: {} });

beforeEach(() => {
  kept = undefined;
  answers.length = 0;
  ssm.reset();
  ssm.on(PutParameterCommand).callsFake(({ Value }: { Value: string }) => {
    if (kept !== undefined) throw new ParameterAlreadyExists({ message: '', $metadata: {} });
    kept = Value;
    return {};
  });
  ssm.on(GetParameterCommand).callsFake(() => {
    if (kept === undefined) throw none();
    return { Parameter: { Value: kept } };
  });
  ssm.on(DeleteParameterCommand).callsFake(() => {
    if (kept === undefined) throw none();
    kept = undefined;
    return {};
  });
});

const request = (RequestType: 'Create' | 'Update' | 'Delete') => ({
  RequestType,
  RequestId: 'r-1',
  StackId: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/Gofer/uuid',
  LogicalResourceId: 'BootstrapCode',
  ResponseURL: 'https://cloudformation.example/answer',
  ResourceProperties: { Name: name },
  ...(RequestType !== 'Create' && { PhysicalResourceId: name }),
});

test('a stack that is created has a random code, encrypted, of which CloudFormation hears nothing', async () => {
  await handler(request('Create'));
  expect(ssm.commandCalls(PutParameterCommand)[0]?.args[0].input).toMatchObject({ Name: name, Type: 'SecureString' });
  expect(kept).toMatch(/^[\w-]{43}$/);
  expect(answers).toEqual([{ Status: 'SUCCESS', PhysicalResourceId: name }]);
  const first = kept;
  kept = undefined;
  await handler(request('Create'));
  expect(kept).not.toBe(first);
});

test('a request that comes twice leaves the code that may have been read already', async () => {
  await handler(request('Create'));
  const first = kept;
  await handler(request('Create'));
  expect(kept).toBe(first);
  expect(answers.map(({ Status }) => Status)).toEqual(['SUCCESS', 'SUCCESS']);
});

test('an update of the stack brings no used code back', async () => {
  await handler(request('Create'));
  await createBootstrapCode(name).remove();
  await handler(request('Update'));
  expect(await createBootstrapCode(name).read()).toBeUndefined();
});

test('nothing of it is left when the stack is deleted, and what is gone is gone', async () => {
  await handler(request('Create'));
  await handler(request('Delete'));
  expect(kept).toBeUndefined();
  await handler(request('Delete'));
  expect(answers.map(({ Status }) => Status)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
});

test('a permission that does not hold everywhere yet is waited for', async () => {
  const denied = Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
  ssm.on(PutParameterCommand).rejectsOnce(denied).rejectsOnce(denied).resolves({});
  await handler(request('Create'));
  expect(answers).toEqual([{ Status: 'SUCCESS', PhysicalResourceId: name }]);
});

test('the wait for it takes more than a minute, and no longer than the function may', async () => {
  const denied = Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
  ssm.on(PutParameterCommand).rejects(denied);
  let waited = 0;
  const patient = createPlainResourceHandler(
    bootstrapCodeResource(createBootstrapCode),
    async (_, answer) => void answers.push(answer),
    async (milliseconds) => {
      waited += milliseconds;
    },
  );
  await patient(request('Create'));
  expect(answers).toMatchObject([{ Status: 'FAILED' }]);
  expect(waited).toBeGreaterThan(60_000);
  expect(waited).toBeLessThan(invocations.briefTimeout * 1000 * 0.75);
});

test('a refusal of AWS fails the resource with its words', async () => {
  ssm
    .on(PutParameterCommand)
    .rejects(
      Object.assign(new Error('not authorized to perform: ssm:PutParameter'), { name: 'AccessDeniedException' }),
    );
  await handler(request('Create'));
  expect(answers).toEqual([
    { Status: 'FAILED', PhysicalResourceId: name, Reason: expect.stringContaining('ssm:PutParameter') },
  ]);
});
