import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CloudFormationServiceException,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GetParameterCommand, ParameterNotFound, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { parse } from 'smol-toml';
import { beforeEach, describe, expect, test } from 'vitest';
import { emptyFolder, gofer, type Received, type Routes } from './fake-io.ts';

const cloudFormation = mockClient(CloudFormationClient);
const ssm = mockClient(SSMClient);
const dynamo = mockClient(DynamoDBClient);

const code = 'one-time-code';
const secret = 'gofer_first';
const token = {
  id: 't',
  created: 0,
  metadata: {},
  expires: 0,
  disabled: false,
  user: 'bootstrap',
  roles: ['bootstrap'],
};
const apiUrl = 'https://abc.execute-api.eu-central-1.amazonaws.com/prod';
const line = 'token bootstrap --aws --region eu-central-1';

/** The API: it wants the code, and gives one token. */
const api: Routes = {
  'POST /prod/api/tokens/bootstrap': ({ headers }: Received) =>
    headers.get('gofer-bootstrap-code') === code
      ? { status: 201, body: { token_details: token, secret } }
      : {
          status: 403,
          body: { request_id: 'r', message: 'the first token needs the code', error_code: 'bootstrap_code' },
        },
};

const accessDenied = (message: string) =>
  Object.assign(new Error(message), { name: 'AccessDeniedException', $metadata: {} });

beforeEach(() => {
  cloudFormation.reset();
  ssm.reset();
  dynamo.reset();
  cloudFormation.on(DescribeStacksCommand).resolves({
    Stacks: [
      {
        StackName: 'Gofer',
        CreationTime: new Date(0),
        StackStatus: 'CREATE_COMPLETE',
        Outputs: [
          { OutputKey: 'ApiUrl', OutputValue: apiUrl },
          { OutputKey: 'TableName', OutputValue: 'Gofer-Table' },
        ],
      },
    ],
  });
  ssm.on(GetParameterCommand, { Name: '/gofer/Gofer/bootstrap-code', WithDecryption: true }).resolves({
    Parameter: { Value: code },
  });
});

describe('the first token of an installation on AWS', () => {
  test('comes by the stack’s code; standard output holds it alone', async () => {
    const { code: exit, stdout, stderr, requests } = await gofer(line, { routes: api });
    expect([exit, stdout]).toEqual([0, `${secret}\n`]);
    expect(stderr).toContain(`export GOFER_API_BASE_URL=${apiUrl}`);
    expect(stderr).toContain('export GOFER_TOKEN=');
    expect(stderr).not.toContain(secret);
    expect(requests.map(({ body }) => body)).toEqual([{}]);
    expect(`${stdout}${stderr}`).not.toContain(code);
  });

  test('comes as JSON with the address', async () => {
    const result = await gofer(`${line} --output json`, { routes: api });
    expect(result.json()).toEqual({ secret, token_details: token, api_base_url: apiUrl });
  });

  test('is asked of the stack that is named', async () => {
    const name = '/gofer/Platform/bootstrap-code';
    ssm.on(GetParameterCommand, { Name: name, WithDecryption: true }).resolves({ Parameter: { Value: code } });
    expect((await gofer(`${line} --stack Platform`, { routes: api })).code).toBe(0);
    expect(cloudFormation.commandCalls(DescribeStacksCommand)[0]?.args[0].input).toEqual({ StackName: 'Platform' });
  });

  test('is asked of another address only when a flag says so, and never with another one’s token', async () => {
    const env = { GOFER_API_BASE_URL: 'https://elsewhere.example', GOFER_TOKEN: 'of-elsewhere' };
    const usual = await gofer(line, { routes: api, env });
    expect([usual.code, usual.requests[0]?.headers.get('authorization')]).toEqual([0, null]);
    const own = { 'POST /api/tokens/bootstrap': { status: 201, body: { token_details: token, secret } } };
    const given = await gofer(`${line} --api-base-url https://gofer.example`, { routes: own });
    expect(given.stderr).toContain('export GOFER_API_BASE_URL=https://gofer.example');
  });

  test('is made once more with --again: the code is put there first, then the lost token is switched off', async () => {
    const done: unknown[] = [];
    ssm.on(PutParameterCommand).callsFake(async ({ Name, Type }) => void done.push([Name, Type]));
    dynamo.on(GetItemCommand).resolves({ Item: { pk: { S: 'SYSTEM' }, bootstrap: { S: 'hash-of-lost' } } });
    dynamo.on(UpdateItemCommand).callsFake(async ({ TableName, Key }) => {
      done.push([TableName, Key.sk.S]);
      return {};
    });
    expect((await gofer(`${line} --again`, { routes: api })).stdout).toBe(`${secret}\n`);
    expect(done).toEqual([
      ['/gofer/Gofer/bootstrap-code', 'SecureString'],
      ['Gofer-Table', 'hash-of-lost'],
      ['Gofer-Table', 'PREFERENCES'],
    ]);
  });

  test('is kept with --save, where only its owner reads it, and the other settings stay', async () => {
    const home = emptyFolder();
    const file = join(home, '.gofer.toml');
    writeFileSync(file, '# mine\nnamespace = "team-x"\ntoken = "old"\n\n[other]\ntoken = "not this"\n');
    const { stdout, stderr } = await gofer(`${line} --save`, { routes: api, home });
    expect(stdout).toBe(`${secret}\n`);
    expect(stderr).toContain(file);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('# mine\n');
    expect(parse(text)).toEqual({
      namespace: 'team-x',
      token: secret,
      api_base_url: apiUrl,
      other: { token: 'not this' },
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const routes = { 'GET /prod/api/tokens/whoami': { body: { token } } };
    const { requests } = await gofer('token whoami', { routes, home });
    expect(requests[0]?.headers.get('authorization')).toBe(`Bearer ${secret}`);
  });

  test('is shown even when it can’t be kept', async () => {
    const { code: exit, stdout, stderr } = await gofer(`${line} --save`, { routes: api, home: '/proc' });
    expect([exit, stdout]).toEqual([1, `${secret}\n`]);
    expect(stderr).toContain("the settings can't be saved in /proc/.gofer.toml");
  });
});

describe('what is in the way is said, with what to do', () => {
  const said = async (routes: Routes = api, command = line) => {
    const { code: exit, stdout, stderr } = await gofer(command, { routes });
    expect([exit, stdout]).toEqual([1, '']);
    return stderr;
  };

  test('no credentials', async () => {
    cloudFormation
      .on(DescribeStacksCommand)
      .rejects(
        Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' }),
      );
    expect(await said()).toMatch(/no AWS credentials found[\s\S]*aws sso login[\s\S]*--profile/);
  });

  test('no such stack', async () => {
    const missing = new CloudFormationServiceException({
      name: 'ValidationError',
      $fault: 'client',
      message: 'Stack with id Gofer does not exist',
      $metadata: {},
    });
    cloudFormation.on(DescribeStacksCommand).rejects(missing);
    expect(await said()).toMatch(/there is no stack "Gofer" in eu-central-1[\s\S]*npx cdk deploy[\s\S]*--stack NAME/);
  });

  test('a stack of something else', async () => {
    cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [] });
    expect(await said()).toContain('has no output ApiUrl: it is not an installation of Gofer');
  });

  test('no permission to read the code', async () => {
    ssm.on(GetParameterCommand).rejects(accessDenied('not authorized to perform: ssm:GetParameter'));
    expect(await said()).toContain('AWS refuses it: not authorized to perform: ssm:GetParameter');
  });

  test('no permission to replace a lost token', async () => {
    ssm.on(PutParameterCommand).rejects(accessDenied('not authorized to perform: ssm:PutParameter'));
    expect(await said(api, `${line} --again`)).toContain('AWS refuses it: not authorized to perform: ssm:PutParameter');
    expect(dynamo.calls()).toHaveLength(0);
  });

  test('a token that was made already: its code is gone', async () => {
    ssm.on(GetParameterCommand).rejects(new ParameterNotFound({ message: '', $metadata: {} }));
    const body = { request_id: 'r', message: 'the bootstrap token has been created already', error_code: 'conflict' };
    expect(await said({ 'POST /prod/api/tokens/bootstrap': { status: 409, body } })).toMatch(
      /has been made already[\s\S]*if it is lost, replace it:\s+gofer token bootstrap --aws --again/,
    );
  });

  test('a code that somebody removed before it was used', async () => {
    ssm.on(GetParameterCommand).rejects(new ParameterNotFound({ message: '', $metadata: {} }));
    expect(await said()).toMatch(/bootstrap-code is gone[\s\S]*aws ssm put-parameter --type SecureString/);
  });
});

test.each(['--profile team', '--again'])('options of AWS without --aws are wrong usage: %s', async (option) => {
  const { code: exit, stderr, requests } = await gofer(`token bootstrap ${option}`);
  expect([exit, requests]).toEqual([2, []]);
  expect(stderr).toContain('need --aws');
});
