import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import {
  actionsOf,
  allowing,
  everySetting,
  pipeline,
  type Statement,
  statementsOf,
  template,
  templateOf,
} from './stack.ts';

const machines = statementsOf(/^MachinesRole/);
const text = (value: unknown) => JSON.stringify(value);
/** Where AWS knows no resource to name, and why. */
const nameless: Readonly<Record<string, string>> = {
  'ec2:*NetworkInterface*': 'interfaces are made by Lambda under ids of AWS’s choice; the function’s code may not',
  'ec2:*PrivateIpAddresses': 'the same, for their addresses',
  'ec2:DescribeSubnets': 'listings are of the account; the function’s code may not',
  'ecr:GetAuthorizationToken': 'a login to the registry as a whole',
  'ecs:DescribeTaskDefinition': 'no resource-level permissions',
  'ecs:DeregisterTaskDefinition': 'no resource-level permissions',
  'ecs:ListTaskDefinitionFamilies': 'no resource-level permissions',
  'ecs:ListTaskDefinitions': 'no resource-level permissions',
  'ecs:ListServices': 'narrowed by the condition on the cluster',
  'ecs:ListTasks': 'narrowed by the condition on the cluster',
  'ecs:RegisterTaskDefinition': 'named families are the API’s own choice, not IAM’s',
  'logs:*LogDeliver*': 'log deliveries have no ARN; Step Functions asks for them with each machine',
  'logs:DescribeLogGroups': 'listings are of the account',
  'logs:*ResourcePolic*': 'resource policies of CloudWatch Logs have no ARN',
  'secretsmanager:ListSecrets': 'listings are of the account',
  'ssm:DescribeParameters': 'listings are of the account',
  'ssmmessages:*Channel': 'channels of the session service have no ARN',
  'states:ListStateMachines': 'listings are of the account',
  'xray:PutTelemetryRecords': 'traces have no ARN',
  'xray:PutTraceSegments': 'traces have no ARN',
};
const explained = Object.keys(nameless).map((action) => new RegExp(`^${action.replaceAll('*', '\\w*')}$`));

const everything = (statement: Statement) => [statement.Resource].flat().includes('*');

describe('the role of machines', () => {
  test('runs tasks of the product only, in its own cluster only', () => {
    const run = allowing(machines, 'ecs:RunTask');
    expect(text(run.Resource)).toContain(':task-definition/gofer-*:*');
    expect(text(run.Condition)).toMatch(/"ArnEquals":\{"ecs:cluster":\{"Fn::GetAtt":\["TasksCluster/);
  });

  test('stops and describes only tasks of that cluster', () => {
    expect(text(allowing(machines, 'ecs:StopTask').Resource)).toMatch(/:task\/",\{"Ref":"TasksCluster\w+"\},"\/\*"/);
    expect(allowing(machines, 'ecs:DescribeTasks')).toBe(allowing(machines, 'ecs:StopTask'));
  });

  test('manages the one rule through which Step Functions hears of tasks', () => {
    const rule = allowing(machines, 'events:PutRule');
    expect(actionsOf(rule).sort()).toEqual(['events:DescribeRule', 'events:PutRule', 'events:PutTargets']);
    expect(text(rule.Resource)).toContain(':rule/StepFunctionsGetEventsForECSTaskRule');
  });

  test('asks the two step functions and no other', () => {
    const asked = [allowing(machines, 'lambda:InvokeFunction').Resource].flat().map(text).sort();
    expect(asked).toEqual([
      expect.stringMatching(/GetAtt":\["ControlFinish/),
      expect.stringMatching(/GetAtt":\["ControlNext/),
    ]);
  });

  test('hands the execution role to ECS tasks alone', () => {
    const pass = allowing(machines, 'iam:PassRole');
    expect(text(pass.Resource)).toMatch(/GetAtt":\["TasksExecutionRole/);
    expect(pass.Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
  });

  test('reaches beyond named resources for log delivery only, which has none', () => {
    const wide = machines.filter(everything).flatMap(actionsOf);
    expect(wide).not.toEqual([]);
    for (const action of wide) expect(action).toMatch(/^logs:/);
  });

  test('is assumed only for machines of the product in this account', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: 'sts:AssumeRole',
            Effect: 'Allow',
            Principal: { Service: 'states.amazonaws.com' },
            Condition: {
              StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
              ArnLike: {
                'aws:SourceArn': {
                  'Fn::Join': [
                    '',
                    [
                      'arn:',
                      { Ref: 'AWS::Partition' },
                      ':states:',
                      { Ref: 'AWS::Region' },
                      ':',
                      { Ref: 'AWS::AccountId' },
                      ':stateMachine:gofer_*',
                    ],
                  ],
                },
              },
            },
          },
        ],
      },
    });
  });
});

describe('the execution role of tasks', () => {
  const statements = statementsOf(/^TasksExecutionRole/);

  test('reads secrets of the product only', () => {
    expect(text(allowing(statements, 'secretsmanager:GetSecretValue').Resource)).toContain(
      ':secret:gofer/Gofer/*/value*',
    );
  });

  test('reaches beyond named resources for the login to the registry only', () => {
    expect(statements.filter(everything).flatMap(actionsOf)).toEqual(['ecr:GetAuthorizationToken']);
  });
});

describe('the roles of control functions', () => {
  test.each(['Api', 'Sweep'])('%s deploys: each role goes to its one service', (name) => {
    const passed = statementsOf(new RegExp(`^Control${name}Owned`)).filter((each) =>
      actionsOf(each).includes('iam:PassRole'),
    );
    expect(
      passed.map(({ Resource, Condition }) => [
        text(Resource).match(/\["(\w+?Role)/)?.[1],
        Condition?.['StringEquals'],
      ]),
    ).toEqual([
      ['MachinesRole', { 'iam:PassedToService': 'states.amazonaws.com' }],
      ['TasksExecutionRole', { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' }],
      ['SchedulesRole', { 'iam:PassedToService': 'scheduler.amazonaws.com' }],
    ]);
  });

  test.each(['Next', 'Finish', 'Schedule', 'TaskStateChange', 'ExecutionStatusChange'])(
    '%s hands out no role',
    (name) => {
      const actions = statementsOf(new RegExp(`^Control${name}Owned`)).flatMap(actionsOf);
      expect(actions).toContain('dynamodb:UpdateItem');
      expect(actions).not.toContain('iam:PassRole');
      expect(actions).not.toContain('states:CreateStateMachine');
    },
  );
});

describe('every role of the stack, with every setting', () => {
  const full = templateOf(everySetting, pipeline);
  const statements = [...statementsOf(/./), ...statementsOf(/./, full)];

  test('allows no whole service', () => {
    expect(statements.length).toBeGreaterThan(50);
    expect(statements.flatMap(actionsOf).filter((action) => action.includes('*'))).toEqual([]);
  });

  test('reaches beyond named resources only where AWS has none to name', () => {
    const wide = new Set(statements.filter(everything).flatMap(actionsOf));
    expect([...wide].filter((action) => !explained.some((pattern) => pattern.test(action)))).toEqual([]);
    expect(explained.filter((pattern) => ![...wide].some((action) => pattern.test(action)))).toEqual([]);
  });

  test('lists the tasks and services of its own cluster only', () => {
    const lists = (statement: Statement) =>
      actionsOf(statement).some((each) => /^ecs:List(Tasks|Services)$/.test(each));
    expect(statements.filter(lists).length).toBeGreaterThan(10);
    for (const each of statements.filter(lists)) expect(text(each.Condition)).toContain('"ecs:cluster"');
  });

  test('that Lambda needs to give a function its address is taken away from the function’s code', () => {
    const addressing = (effect: Statement['Effect']) =>
      statements
        .filter(({ Effect, Condition }) => Effect === effect && (effect === 'Allow' || text(Condition) === fromCode))
        .flatMap(actionsOf)
        .filter((action) => action.startsWith('ec2:'));
    const fromCode = text({ Null: { 'lambda:SourceFunctionArn': 'false' } });
    expect(addressing('Allow')).toContain('ec2:CreateNetworkInterface');
    expect(addressing('Deny')).toEqual(addressing('Allow'));
  });

  test('hands a role to a named service only', () => {
    const passing = statements.filter((statement) => actionsOf(statement).includes('iam:PassRole'));
    expect(passing.length).toBeGreaterThan(3);
    for (const each of passing) {
      // But for the pattern that the setting `taskRoles` has itself.
      expect(text(each.Resource).replaceAll(':role/reports-*', '')).not.toContain('*');
      expect(each.Condition?.['StringEquals']).toEqual({
        'iam:PassedToService': expect.stringMatching(/^(states|ecs-tasks|scheduler|apigateway)\.amazonaws\.com$/),
      });
    }
  });

  test('is bounded by the policy that a team sets', () => {
    const bounded = templateOf({ permissionsBoundary: 'team/boundary' });
    bounded.allResourcesProperties('AWS::IAM::Role', {
      PermissionsBoundary: { 'Fn::Join': ['', Match.arrayWith([':policy/team/boundary'])] },
    });
  });
});

test('expiry tells of tokens, on the product’s own bus', () => {
  const { Resource } = allowing(statementsOf(/^Expiry/), 'events:PutEvents');
  expect(text(Resource)).toMatch(/ProductEventsBus\w+","Arn"\]/);
});
