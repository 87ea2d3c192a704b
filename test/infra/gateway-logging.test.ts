import { Match } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { actionsOf, allowing, statementsOf, template, templateOf } from './stack.ts';

const text = (value: unknown) => JSON.stringify(value);

test('a stage with access logs waits for the account’s role, without which API Gateway refuses it', () => {
  template.hasResource('AWS::ApiGateway::Stage', {
    DependsOn: Match.arrayWith([Match.stringLikeRegexp('^ApiLoggingSetting')]),
    Properties: { AccessLogSetting: Match.anyValue() },
  });
  template.hasResourceProperties('Custom::GoferGatewayLogging', {
    RoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ApiLoggingRole'), 'Arn'] },
  });
});

test('what its function and the one of the first token don’t answer in minutes fails the deployment, not in an hour', () => {
  for (const type of ['Custom::GoferGatewayLogging', 'Custom::GoferBootstrapCode'])
    template.hasResourceProperties(type, { ServiceTimeout: '600' });
});

test('the account’s setting is never overwritten by CloudFormation', () => {
  template.resourceCountIs('AWS::ApiGateway::Account', 0);
});

test('the function that sets it reaches that setting alone, and passes that role alone', () => {
  const statements = statementsOf(/^ApiLoggingSetterOwned/);
  const setting = allowing(statements, 'apigateway:PATCH');
  expect(actionsOf(setting).sort()).toEqual(['apigateway:GET', 'apigateway:PATCH']);
  expect(text(setting.Resource)).toMatch(/:apigateway:",\{"Ref":"AWS::Region"\},"::\/account"/);
  expect(allowing(statements, 'iam:PassRole')).toMatchObject({
    Resource: { 'Fn::GetAtt': [expect.stringMatching(/^ApiLoggingRole/), 'Arn'] },
    Condition: { StringEquals: { 'iam:PassedToService': 'apigateway.amazonaws.com' } },
  });
});

test('without access logs nothing of it is there', () => {
  templateOf({ accessLogs: false }).resourceCountIs('Custom::GoferGatewayLogging', 0);
});
