import { describe, expect, test } from 'vitest';
import { compile } from '../../lib/machine/compile.ts';
import { checkPipeline } from '../../lib/pipeline/schema.ts';
import { taskDefinitionOf } from '../../lib/task/request.ts';
import { actionsOf, allowing, pipeline, statementsOf, template, templateOf } from './stack.ts';

const text = (value: unknown) => JSON.stringify(value);
const on = templateOf({ attach: true }, pipeline);
const roleOf = (found: typeof template) =>
  Object.entries(found.findResources('AWS::IAM::Role')).find(([id]) => /Attach\w*TaskRole/.test(id))?.[1]['Properties'];

describe('attaching to containers on AWS', () => {
  test('is off unless it is asked for: no role, no right, no variable', () => {
    expect(roleOf(template)).toBeUndefined();
    expect(statementsOf(/./).flatMap(actionsOf)).not.toContain('ecs:ExecuteCommand');
    expect(text(template)).not.toContain('GOFER_ATTACH_ROLE');
    expect(text(template)).not.toContain('EnableExecuteCommand');
  });

  test('gives containers a role that reaches the session service, and nothing else', () => {
    const role = roleOf(on);
    expect(role.RoleName).toMatch(/^gofer-attach-[0-9a-f]{12}$/);
    expect(text(role.AssumeRolePolicyDocument)).toContain('"Service":"ecs-tasks.amazonaws.com"');
    expect(statementsOf(/AttachTaskRole/, on).flatMap(actionsOf)).toEqual([
      'ssmmessages:CreateControlChannel',
      'ssmmessages:CreateDataChannel',
      'ssmmessages:OpenControlChannel',
      'ssmmessages:OpenDataChannel',
    ]);
  });

  test('lets the API alone ask for sessions, in its own cluster alone', () => {
    const asking = statementsOf(/./, on).filter((each) => actionsOf(each).includes('ecs:ExecuteCommand'));
    expect(asking).toEqual([allowing(statementsOf(/^ControlApi/, on), 'ecs:ExecuteCommand')]);
    expect(text(asking[0]?.Condition)).toMatch(
      /"ArnEquals":\{"ecs:cluster":\{"Fn::GetAtt":\["GoferTasksCluster|TasksCluster/,
    );
  });

  test('starts containers with it, those of the stack’s own pipelines too', () => {
    expect(text(on.findResources('AWS::StepFunctions::StateMachine'))).toContain('EnableExecuteCommand');
    const roles = Object.values(on.findResources('AWS::ECS::TaskDefinition')).map(
      (each) => each['Properties'].TaskRoleArn,
    );
    expect(text(roles)).toContain(roleOf(on).RoleName);
  });
});

describe('what a pipeline is made of', () => {
  const config = checkPipeline({ id: 'build', tasks: [{ id: 'only', image: 'busybox' }] });
  const [only] = config.tasks;
  const definition = (more: object) =>
    only && taskDefinitionOf(only, { ...config, ...more, namespace: 'default' }, { attachRole: 'gofer-attach' });

  test('has the role of attaching where no other is named', () => {
    expect(definition({})?.role).toBe('gofer-attach');
    expect(definition({ role: 'reports' })?.role).toBe('reports');
  });

  test('is the same as ever where attaching is off', () => {
    expect(text(compile(config))).not.toContain('EnableExecuteCommand');
    expect(text(compile(config, { defaultTimeout: 1, attachRole: 'r' }))).toContain('"EnableExecuteCommand":true');
  });
});
