import {
  DescribeTasksCommand,
  ECSClient,
  ExecuteCommandCommand,
  InvalidParameterException,
  TargetNotConnectedException,
} from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { createAttach } from '../../lib/aws/attach.ts';

const client = new ECSClient({ region: 'eu-central-1' });
const aws = mockClient(client);
const clusterArn = 'arn:aws:ecs:eu-central-1:123456789012:cluster/gofer';
const task = 'arn:aws:ecs:eu-central-1:123456789012:task/gofer/0123456789abcdef';
const start = (command = 'sh') => {
  const attach = createAttach(client, { clusterArn, region: 'eu-central-1' });
  if (attach.by !== 'session') throw new Error('on AWS there are sessions');
  return attach.start(task, command);
};

beforeEach(() => {
  aws.reset();
  aws.on(DescribeTasksCommand).resolves({ tasks: [{ containers: [{ name: 'task', runtimeId: 'abc-123' }] }] });
});

test('a session is what the plugin of AWS takes', async () => {
  const session = { sessionId: 's-1', streamUrl: 'wss://ssmmessages.eu-central-1.amazonaws.com/v1', tokenValue: 't' };
  aws.on(ExecuteCommandCommand).resolves({ session });
  expect(await start('ls -la')).toEqual({
    session_id: 's-1',
    stream_url: session.streamUrl,
    token: 't',
    target: 'ecs:gofer_0123456789abcdef_abc-123',
    region: 'eu-central-1',
  });
  expect(aws.commandCalls(ExecuteCommandCommand)[0]?.args[0].input).toEqual({
    cluster: clusterArn,
    task,
    container: 'task',
    command: 'ls -la',
    interactive: true,
  });
});

test.each([
  [
    new InvalidParameterException({ message: 'execute command was not enabled', $metadata: {} }),
    /deploy the pipeline again/,
  ],
  [new TargetNotConnectedException({ message: 'not connected', $metadata: {} }), /try again/],
])('%s is a refusal that says what to do', async (error, says) => {
  aws.on(ExecuteCommandCommand).rejects(error);
  await expect(start()).rejects.toMatchObject({ status: 409, message: expect.stringMatching(says) });
});

test('a container that has stopped meanwhile is refused', async () => {
  aws.on(DescribeTasksCommand).resolves({ tasks: [] });
  await expect(start()).rejects.toMatchObject({ status: 409, message: 'the container has stopped meanwhile' });
  expect(aws.commandCalls(ExecuteCommandCommand)).toEqual([]);
});

test('what is no answer of ECS about it stays what it was', async () => {
  aws.on(ExecuteCommandCommand).rejects(new Error('no network'));
  await expect(start()).rejects.toThrow('no network');
});
