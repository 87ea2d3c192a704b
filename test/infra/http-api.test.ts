import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { operations } from '../../lib/api/operations.ts';
import { actionsOf, allowing, statementsOf, template, templateOf } from './stack.ts';

type Resource = { readonly Properties: Record<string, unknown> };
const resources = (type: string): Record<string, Resource> => template.findResources(type) as never;
const text = (value: unknown) => JSON.stringify(value);

/** `GET /api/events` of a method's resources. */
function routeOf({ Properties }: Resource): string {
  const parts: string[] = [];
  let at = (Properties['ResourceId'] as { Ref?: string }).Ref;
  while (at) {
    const { PathPart, ParentId } = resources('AWS::ApiGateway::Resource')[at]?.Properties ?? {};
    parts.unshift(String(PathPart));
    at = (ParentId as { Ref?: string } | undefined)?.Ref;
  }
  return `${Properties['HttpMethod']} /${parts.join('/')}`;
}

const streaming = Object.values(resources('AWS::ApiGateway::Method')).filter(({ Properties }) =>
  text(Properties['Integration']).includes('response-streaming-invocations'),
);

describe('streams', () => {
  test('are all operations that stream on AWS, and no other', () => {
    const wanted = operations.filter(({ streams }) => streams).map(({ method, path }) => `${method} ${path}`);
    expect(wanted.length).toBeGreaterThan(1);
    expect(streaming.map(routeOf).sort()).toEqual(wanted.sort());
  });

  test('go to a function of their own, as long as API Gateway streams an answer', () => {
    for (const { Properties } of streaming)
      expect(Properties['Integration']).toMatchObject({
        Type: 'AWS_PROXY',
        ResponseTransferMode: 'STREAM',
        TimeoutInMillis: 900_000,
        IntegrationHttpMethod: 'POST',
      });
    expect(text(streaming)).toContain('lambda:path/2021-11-15/functions/');
    template.hasResourceProperties('AWS::Lambda::Function', { Timeout: 900, MemorySize: 512 });
  });

  test('only read, but for a note of when a token was seen', () => {
    const statements = statementsOf(/^StreamsStreamOwned/);
    expect(allowing(statements, 'dynamodb:UpdateItem').Condition).toEqual({
      'ForAllValues:StringEquals': {
        'dynamodb:LeadingKeys': ['TOKENS'],
        'dynamodb:Attributes': ['pk', 'sk', 'last_used'],
      },
    });
    expect(statements.flatMap(actionsOf).sort()).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      'logs:CreateLogStream',
      'logs:GetLogEvents',
      'logs:PutLogEvents',
      'secretsmanager:GetSecretValue',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
  });

  test('take concurrency from the account only when told to', () => {
    const limits = (found: Template) =>
      Object.values(found.findResources('AWS::Lambda::Function')).flatMap(
        ({ Properties }) => Properties['ReservedConcurrentExecutions'] ?? [],
      );
    expect(limits(template)).toEqual([]);
    expect(limits(templateOf({ maxStreams: 50 }))).toEqual([50]);
  });
});

test('what API Gateway answers by itself has the shape of every other error', () => {
  const answers = Object.values(resources('AWS::ApiGateway::GatewayResponse'));
  const types = answers.map(({ Properties }) => Properties['ResponseType']);
  expect(types).toEqual(
    expect.arrayContaining(['DEFAULT_4XX', 'DEFAULT_5XX', 'THROTTLED', 'REQUEST_TOO_LARGE', 'INTEGRATION_TIMEOUT']),
  );
  for (const { Properties } of answers) {
    const { 'application/json': body = '' } = Properties['ResponseTemplates'] as Record<string, string>;
    const filled = body
      .replace('$context.requestId', 'r-1')
      .replace('$context.error.messageString', '"Missing Authentication Token"');
    expect(JSON.parse(filled)).toEqual({
      request_id: 'r-1',
      message: expect.stringMatching(/\w/),
      error_code: expect.stringMatching(/^[a-z_]+$/),
    });
    expect(Properties['ResponseParameters']).toMatchObject({
      'gatewayresponse.header.x-request-id': 'context.requestId',
    });
  }
});

describe('the bootstrap code', () => {
  const name = '/gofer/Gofer/bootstrap-code';

  test('is made by a function: neither template nor outputs know more than its name', () => {
    template.hasResourceProperties('Custom::GoferBootstrapCode', { Name: name, ServiceToken: Match.anyValue() });
    template.resourceCountIs('AWS::SSM::Parameter', 0);
    expect(text(template.toJSON()['Outputs'])).not.toContain('bootstrap');
  });

  test('is written by that function alone, and read and removed by the API', () => {
    const maker = allowing(statementsOf(/^BootstrapCodeMaker/), 'ssm:PutParameter');
    const api = allowing(statementsOf(/^ControlApi/), 'ssm:GetParameter');
    expect([actionsOf(maker).sort(), actionsOf(api).sort()]).toEqual([
      ['ssm:DeleteParameter', 'ssm:PutParameter'],
      ['ssm:DeleteParameter', 'ssm:GetParameter'],
    ]);
    for (const { Resource } of [maker, api]) expect(text(Resource)).toContain(`:parameter${name}"`);
    const others = statementsOf(/./).filter((each) => actionsOf(each).some((action) => action.startsWith('ssm:')));
    expect(others).toHaveLength(2);
  });
});
