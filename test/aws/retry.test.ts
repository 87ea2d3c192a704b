import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ECSClient, ListTasksCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { patient } from '../../lib/aws/retry.ts';

type Answer = { readonly status: number; readonly error?: string; readonly message?: string };
let answers: Answer[];
let calls: number;
let server: Server;

/** ECS as its protocol writes errors, answering what `answers` say, then well. */
beforeEach(async () => {
  calls = 0;
  server = createServer((_, response) => {
    calls++;
    const { status, error, message } = answers.shift() ?? { status: 200 };
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(error ? { __type: error, message } : { taskArns: [] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => server.close());

const client = () =>
  new ECSClient({
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    ...patient(3),
  });

describe('a call that AWS throttles', () => {
  test.each([
    ['ThrottlingException', 'Rate exceeded'],
    [
      'InvalidParameterException',
      'Error retrieving subnet information for [subnet-0a]: Rate exceeded (ErrorCode: Throttling)',
    ],
    ['ClientException', 'Request limit exceeded. (ErrorCode: RequestLimitExceeded)'],
  ])('as %s: %s, is repeated', async (error, message) => {
    answers = [{ status: 400, error, message }];
    await expect(client().send(new ListTasksCommand({}))).resolves.toMatchObject({ taskArns: [] });
    expect(calls).toBe(2);
  });

  test('is repeated as often as was asked for, and then is an error', async () => {
    answers = Array(9).fill({ status: 400, error: 'ClientException', message: 'Rate exceeded' });
    await expect(client().send(new ListTasksCommand({}))).rejects.toThrow('Rate exceeded');
    expect(calls).toBe(3);
  });
});

test('a call that AWS refuses is not repeated', async () => {
  answers = [{ status: 400, error: 'InvalidParameterException', message: 'The referenced task was not found.' }];
  await expect(client().send(new StopTaskCommand({ task: 'a' }))).rejects.toThrow('not found');
  expect(calls).toBe(1);
});
