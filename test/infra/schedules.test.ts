import { describe, expect, test } from 'vitest';
import { actionsOf, allowing, statementsOf, template } from './stack.ts';

const text = (value: unknown) => JSON.stringify(value);

test('the API’s schedules are in a group of the stack', () => {
  template.hasResourceProperties('AWS::Scheduler::ScheduleGroup', { Name: 'Gofer' });
});

describe('the role of schedules', () => {
  const statements = statementsOf(/^SchedulesRole/);

  test('calls the one function, by the name that schedules hold, and leaves what is lost in the queue', () => {
    expect(text(allowing(statements, 'lambda:InvokeFunction').Resource)).toMatch(/:function:Gofer-schedule"/);
    expect(text(allowing(statements, 'sqs:SendMessage').Resource)).toContain('LostEventsQueue');
    template.hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'Gofer-schedule' });
  });

  test('is assumed for this group alone', () => {
    const [role] = Object.entries(template.findResources('AWS::IAM::Role')).flatMap(([id, { Properties }]) =>
      id.startsWith('SchedulesRole') ? [Properties] : [],
    );
    const [statement] = role?.['AssumeRolePolicyDocument'].Statement ?? [];
    expect(statement).toMatchObject({
      Principal: { Service: 'scheduler.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    });
    expect(text(statement.Condition.StringEquals['aws:SourceArn'])).toContain(':schedule-group/Gofer');
  });
});

describe('the functions that deploy', () => {
  test.each(['Api', 'Sweep'])('%s sets schedules of the group, and hands their role to Scheduler alone', (name) => {
    const statements = statementsOf(new RegExp(`^Control${name}Owned`));
    const set = allowing(statements, 'scheduler:CreateSchedule');
    expect(actionsOf(set).sort()).toEqual([
      'scheduler:CreateSchedule',
      'scheduler:DeleteSchedule',
      'scheduler:UpdateSchedule',
    ]);
    expect(text(set.Resource)).toContain(':schedule/Gofer/*');
    const passed = statements.find((each) => /SchedulesRole/.test(text(each.Resource)));
    expect(passed).toMatchObject({
      Action: 'iam:PassRole',
      Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
    });
  });

  test('no other function touches schedules', () => {
    for (const name of ['Next', 'Finish', 'Schedule', 'TaskStateChange', 'ExecutionStatusChange'])
      expect(
        statementsOf(new RegExp(`^Control${name}Owned`))
          .flatMap(actionsOf)
          .join(),
      ).not.toContain('scheduler:');
  });
});
