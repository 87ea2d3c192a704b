/** What functions have in place of the client of EventBridge Scheduler, behind the code that uses either. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { SchedulerClient } from '../../lib/aws/lambda-scheduler.ts';
import { createSchedules } from '../../lib/aws/schedules.ts';
import { describeSchedules } from '../ports/schedules.contract.ts';
import { awsComesAt } from '../schedule/aws-times.ts';

vi.mock('@aws-sdk/client-scheduler', () => import('../../lib/aws/lambda-scheduler.ts'));

type Asked = {
  readonly line: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: { readonly ScheduleExpression: string; readonly Target: { readonly Input: string } };
};
type Answer = { readonly status: number; readonly type?: string };

/** EventBridge Scheduler's REST, as far as a group of schedules goes. `instead`: what it answers first. */
async function scheduler(...instead: Answer[]) {
  const group = new Map<string, Asked['body']>();
  const asked: Asked[] = [];
  const carryOut = ({ line, body }: Asked): Answer => {
    const [method, name = ''] = line.split(' /schedules/');
    if (method === 'POST' && group.has(name))
      return { status: 409, type: 'ConflictException:http://internal.amazon.com/' };
    if (method !== 'POST' && !group.has(name)) return { status: 404, type: 'ResourceNotFoundException' };
    if (method === 'DELETE') group.delete(name);
    else group.set(name, body);
    return { status: 200 };
  };
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://scheduler');
    const body = await text(request);
    const each: Asked = {
      line: `${request.method} ${pathname}`,
      query: searchParams,
      headers: request.headers,
      body: body ? JSON.parse(body) : undefined,
    };
    asked.push(each);
    const { status, type } = instead.shift() ?? carryOut(each);
    response.writeHead(status, type ? { 'x-amzn-errortype': type } : {}).end('{"Message":"as AWS says it"}');
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new SchedulerClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'none' },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pause: async () => undefined,
  });
  // The stand-in is the client's likeness only as far as schedules know it.
  const schedules = createSchedules(client as never, {
    group: 'Gofer',
    functionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:Gofer-schedule',
    roleArn: 'arn:aws:iam::123456789012:role/scheduler',
    lostEventsArn: 'arn:aws:sqs:eu-central-1:123456789012:lost',
  });
  const sentAt = async (minute: string) =>
    [...group.values()]
      .filter(({ ScheduleExpression }) => awsComesAt(ScheduleExpression, Date.parse(minute)))
      .map(({ Target }) => JSON.parse(Target.Input.replace('<aws.scheduler.scheduled-time>', minute)));
  return { schedules, sentAt, asked };
}

const input = { v: 1, namespace: 'default', pipeline: 'nightly', uid: 'u1', cron: '0 3 * * MON-FRI' } as const;

describeSchedules(scheduler);

test('schedules are made, changed and removed by signed requests, each with its own token', async () => {
  const { schedules, asked } = await scheduler();
  await schedules.set('u1', [input]);
  await schedules.set('u1', [{ ...input, cron: '0 4 * * *' }]);
  await schedules.set('u1', []);
  const one = asked.filter(({ line }) => line.endsWith('/u1-0'));
  expect(one.map(({ line }) => line)).toEqual([
    'POST /schedules/u1-0',
    'POST /schedules/u1-0',
    'PUT /schedules/u1-0',
    'DELETE /schedules/u1-0',
  ]);
  for (const { headers } of one)
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/scheduler\/aws4_request/,
    );
  expect(one[0]?.body).toMatchObject({
    GroupName: 'Gofer',
    ScheduleExpression: 'cron(0 3 ? * 2-6 *)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    ClientToken: expect.stringMatching(/^[\w-]{36}$/),
  });
  expect(one[0]?.body).not.toHaveProperty('Name');
  expect(Object.fromEntries(one[3]?.query ?? [])).toEqual({
    groupName: 'Gofer',
    clientToken: expect.stringMatching(/^[\w-]{36}$/),
  });
});

test('what is throttled is asked again, with the same token', async () => {
  const { schedules, asked } = await scheduler({ status: 429, type: 'ThrottlingException' });
  await schedules.set('u1', []);
  const tokens = asked.filter(({ line }) => line === asked[0]?.line).map(({ query }) => query.get('clientToken'));
  expect(tokens).toHaveLength(2);
  expect(new Set(tokens).size).toBe(1);
});

test('what is refused is told with its name and AWS’s words', async () => {
  const refusals = Array.from({ length: 20 }, () => ({ status: 400, type: 'ValidationException' }));
  const { schedules } = await scheduler(...refusals);
  await expect(schedules.set('u1', [input])).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringMatching(/schedule "u1-\d+" failed with 400: .*as AWS says it/),
  });
});
