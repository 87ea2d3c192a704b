import { describe, expect, test } from 'vitest';
import { AwsError } from '../../lib/cli/aws/stack.ts';
import type { Account } from '../../lib/doctor/aws/account.ts';
import type { Inventory } from '../../lib/doctor/aws/orphans.ts';
import type { Subnet } from '../../lib/doctor/aws/subnets.ts';
import { complaints, environment, examined, healthy, inventory, now } from './fake-account.ts';

const minutes = 60_000;
const settings = (changes: Partial<typeof environment>): Pick<Account, 'environment'> => ({
  environment: async () => ({ ...environment, ...changes }),
});
const subnets = (...found: Subnet[]): Pick<Account, 'subnets'> => ({ subnets: async () => found });
const refused = new AwsError('AWS refuses it: not authorized', [], { code: 'forbidden' });

test('a healthy account gets an ok for every check', async () => {
  const findings = await examined();
  expect(complaints(findings)).toEqual([]);
  expect(findings.map(({ check }) => check)).toEqual([
    ...['credentials', 'stack', 'address', 'API', 'token', 'clock'],
    ...['vCPUs', 'launch rate', 'concurrency', 'image path', 'alarms', 'lost events', 'orphans'],
  ]);
});

describe('what everything hangs on', () => {
  test('without credentials nothing else is asked', async () => {
    const findings = await examined({
      identity: () => Promise.reject(new AwsError('no AWS credentials found', ['sign in: aws sso login'])),
    });
    expect(findings).toEqual([
      { check: 'credentials', status: 'fail', says: 'no AWS credentials found', next: 'sign in: aws sso login' },
    ]);
  });

  test('without the stack nothing of it is asked', async () => {
    const findings = await examined({ stack: () => Promise.reject(new AwsError('there is no stack "Gofer"', [])) });
    expect(findings.map(({ check, status }) => [check, status])).toEqual([
      ['credentials', 'ok'],
      ['stack', 'fail'],
    ]);
  });

  test.each([
    ['ROLLBACK_COMPLETE', 'fail'],
    ['UPDATE_ROLLBACK_FAILED', 'fail'],
    ['DELETE_FAILED', 'fail'],
    ['UPDATE_ROLLBACK_COMPLETE', 'warn'],
    ['UPDATE_IN_PROGRESS', 'warn'],
    ['IMPORT_COMPLETE', 'ok'],
  ])('a stack that is %s: %s', async (status, verdict) => {
    const findings = await examined({ stack: async () => ({ ...(await healthy.stack()), status }) });
    expect(findings).toContainEqual(expect.objectContaining({ check: 'stack', status: verdict }));
  });

  test('a stack that is not Gofer', async () => {
    const findings = await examined({ stack: async () => ({ ...(await healthy.stack()), outputs: {} }) });
    expect(complaints(findings)).toMatchObject([
      {
        check: 'stack',
        status: 'fail',
        says: expect.stringContaining('ApiUrl'),
        next: expect.stringContaining('npx cdk deploy'),
      },
    ]);
  });
});

describe('the API', () => {
  test('no answer', async () => {
    const answer = { error: 'no answer from https://…: timed out', foreign: false };
    const findings = await examined({}, { answer });
    expect(complaints(findings)).toMatchObject([{ check: 'API', status: 'fail' }]);
  });

  test('another version', async () => {
    expect(complaints(await examined({}, { answer: { version: '0.2.0' } }))).toMatchObject([
      { check: 'API', status: 'warn', says: expect.stringContaining('0.2.0') },
    ]);
  });

  test('the command line talks to another address', async () => {
    expect(complaints(await examined({}, {}, 'http://127.0.0.1:8080'))).toMatchObject([
      { check: 'address', status: 'warn', next: expect.stringMatching(/^export GOFER_API_BASE_URL=https:/) },
    ]);
  });

  test.each([
    ['no token', { access: { refused: 'unauthenticated' }, token: false }, 'fail', 'gofer token bootstrap --aws'],
    ['a refused token', { access: { refused: 'it has expired' }, token: true }, 'fail', 'GOFER_TOKEN'],
    ['a token that ends soon', { access: { user: 'ada', expires: now + minutes } }, 'warn', 'replace it'],
  ] as const)('%s', async (_, api, status, next) => {
    expect(complaints(await examined({}, api))).toMatchObject([
      { check: 'token', status, next: expect.stringContaining(next) },
    ]);
  });

  test.each([
    [0, undefined],
    [-2 * minutes, 'warn'],
    [2 * minutes, 'warn'],
    [6 * minutes, 'fail'],
    [-6 * minutes, 'fail'],
  ])('a clock that is %i ms off: %s', async (off, status) => {
    const found = complaints(await examined({}, { there: now - off }));
    expect(found.map(({ check, status }) => [check, status])).toEqual(status ? [['clock', status]] : []);
  });
});

describe('quotas', () => {
  const vcpus = (value: number, code = 'L-3032A538'): Pick<Account, 'fargateQuotas'> => ({
    fargateQuotas: async () => [{ code, name: 'vCPU resource count', value }],
  });

  test.each([
    ['too few for one task', vcpus(0.2), {}, 'fail'],
    ['too few for ten tasks', vcpus(2), {}, 'warn'],
    ['enough for small tasks', vcpus(6), {}, 'ok'],
    ['not enough for large ones', vcpus(6), settings({ GOFER_DEFAULT_CPU: '4096' }), 'warn'],
    ['on Spot, which has its own', vcpus(6, 'L-36FBB829'), settings({ GOFER_CAPACITY_PROVIDER: 'FARGATE_SPOT' }), 'ok'],
    ['not told', { fargateQuotas: async () => [] }, {}, 'warn'],
  ])('vCPUs: %s', async (_, quotas, more, status) => {
    expect(await examined({ ...quotas, ...more })).toContainEqual(expect.objectContaining({ check: 'vCPUs', status }));
  });

  test('what to ask for is said as a command', async () => {
    const [finding] = complaints(await examined(vcpus(2)));
    expect(finding?.next).toBe(
      'aws service-quotas request-service-quota-increase --service-code fargate --quota-code L-3032A538 --desired-value 64',
    );
  });

  test('a launch rate below the usual', async () => {
    const [usual] = await healthy.fargateQuotas();
    const quotas = [usual, { code: 'L-1', name: 'Fargate On-Demand task launch rate', value: 1 }].filter(
      (each) => !!each,
    );
    expect(complaints(await examined({ fargateQuotas: async () => quotas }))).toMatchObject([
      { check: 'launch rate', status: 'warn' },
    ]);
  });

  test.each([
    [1000, 0, 'fail'],
    [10, 10, 'warn'],
  ])('of %i functions at once %i are free: %s', async (all, unreserved, status) => {
    expect(complaints(await examined({ concurrency: async () => ({ all, unreserved }) }))).toMatchObject([
      { check: 'concurrency', status },
    ]);
  });

  test('that the caller may not read are a warning, not a failure', async () => {
    expect(complaints(await examined({ concurrency: () => Promise.reject(refused) }))).toEqual([
      { check: 'concurrency', status: 'warn', says: "can't be checked: AWS refuses it: not authorized" },
    ]);
  });
});

describe('the way of an image to a task', () => {
  const all = ['ecr.api', 'ecr.dkr', 's3', 'logs', 'secretsmanager'];
  const hidden = settings({ GOFER_PUBLIC_IP: 'DISABLED', GOFER_SUBNETS: 'subnet-a' });

  test.each([
    ['a NAT', [{ id: 'subnet-a', gateway: 'nat-1', endpoints: [] }], undefined],
    ['an internet gateway, but no public address', [{ id: 'subnet-a', gateway: 'igw-1', endpoints: [] }], 'fail'],
    ['a NAT that is gone', [{ id: 'subnet-a', gateway: 'nat-1', blackhole: true, endpoints: [] }], 'fail'],
    ['nothing', [{ id: 'subnet-a', endpoints: ['s3'] }], 'fail'],
    ['endpoints', [{ id: 'subnet-a', endpoints: all }], 'warn'],
    ['a subnet that is gone', [], 'fail'],
  ] as const)('%s', async (_, found, status) => {
    const [complaint] = complaints(await examined({ ...hidden, ...subnets(...found) }));
    expect(complaint?.status).toBe(status);
    if (status) expect(complaint?.check).toBe('image path');
  });

  test('names the endpoints that are missing', async () => {
    const [complaint] = complaints(
      await examined({ ...hidden, ...subnets({ id: 'subnet-a', endpoints: ['s3', 'logs'] }) }),
    );
    expect(complaint?.says).toContain('no endpoint for ecr.api, ecr.dkr:');
  });
});

test('an alarm that has gone off says what to do first, and where to read on', async () => {
  const description = 'The sweep does not run. First: see its rule. Runbook: docs/aws.md#no-sweep';
  expect(complaints(await examined({ alarms: async () => ({ all: 8, gone: [{ description }] }) }))).toEqual([
    {
      check: 'alarms',
      status: 'warn',
      says: 'The sweep does not run.',
      next: 'First: see its rule. Runbook: docs/aws.md#no-sweep',
    },
  ]);
});

test('lost events say how to hand them over', async () => {
  expect(complaints(await examined({ waiting: async () => 3 }))).toMatchObject([
    { check: 'lost events', status: 'warn', next: expect.stringContaining('gofer event redrive') },
  ]);
});

describe('orphans', () => {
  const having = (changes: Partial<Inventory>) => examined({ inventory: async () => ({ ...inventory, ...changes }) });

  test.each<[string, Partial<Inventory>, string, string]>([
    [
      'a live version without its machine',
      { machines: [] },
      'fail',
      'gofer pipeline config deploy build 2 --namespace default',
    ],
    ['a live version without task definitions', { families: [] }, 'fail', 'gofer pipeline config deploy build 2'],
    [
      'a machine of no version',
      { unknown: { machines: ['gofer_u9_9'], definitions: [] } },
      'warn',
      ':stateMachine:gofer_u9_9',
    ],
    [
      'a task definition of no version',
      { unknown: { machines: [], definitions: ['gofer-9:3'] } },
      'warn',
      '--task-definition gofer-9:3',
    ],
    [
      'a task of no run',
      { containers: [{ arn: 'arn:task/9', createdAt: now - 60 * minutes, expected: false }] },
      'warn',
      '--task arn:task/9',
    ],
  ])('%s', async (_, changes, status, next) => {
    expect(complaints(await having(changes))).toMatchObject([
      { check: 'orphans', status, next: expect.stringContaining(next) },
    ]);
  });

  test("a task that nobody expects is the sweep's for its first minutes", async () => {
    const containers = [{ arn: 'arn:task/9', createdAt: now - 2 * minutes, expected: false }];
    expect(complaints(await having({ containers }))).toEqual([]);
  });
});
