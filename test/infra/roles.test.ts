import { describe, expect, test } from 'vitest';
import { actionsOf, allowing, type Statement, statementsOf, template } from './stack.ts';

const machines = statementsOf(/^MachinesRole/);
const text = (value: unknown) => JSON.stringify(value);
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
    expect(text(allowing(statements, 'secretsmanager:GetSecretValue').Resource)).toContain(':secret:gofer/*');
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

  test('reach beyond named resources only where ECS has none', () => {
    const wide = statementsOf(/^Control/).filter(everything);
    expect(new Set(wide.flatMap(actionsOf))).toEqual(
      new Set(['ecs:ListTasks', 'ecs:RegisterTaskDefinition', 'ecs:DescribeTaskDefinition']),
    );
    for (const each of wide.filter((statement) => actionsOf(statement).includes('ecs:ListTasks')))
      expect(text(each.Condition)).toContain('ecs:cluster');
  });

  test('no role of the stack allows a whole service', () => {
    for (const action of statementsOf(/./).flatMap(actionsOf)) expect(action).not.toMatch(/\*/);
  });
});
