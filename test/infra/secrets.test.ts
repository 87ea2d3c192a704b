/** Who may do what with secrets. */
import { describe, expect, test } from 'vitest';
import { actionsOf, allowing, statementsOf, templateOf } from './stack.ts';

const text = (value: unknown) => JSON.stringify(value);
const secretActions = (role: RegExp, template?: ReturnType<typeof templateOf>) =>
  statementsOf(role, template)
    .flatMap(actionsOf)
    .filter((action) => /^(secretsmanager|ssm):/.test(action));

describe('values', () => {
  test('are read by ECS, by the API and by what streams logs; no function that runs pipelines may', () => {
    expect(secretActions(/^TasksExecutionRole/)).toEqual(['secretsmanager:GetSecretValue']);
    expect(secretActions(/^StreamsStreamOwned/)).toEqual(['secretsmanager:GetSecretValue']);
    for (const name of ['Next', 'Finish', 'Sweep', 'Schedule', 'TaskStateChange', 'ExecutionStatusChange'])
      expect(secretActions(new RegExp(`^Control${name}Owned`)).filter((action) => action.includes(':Get'))).toEqual([]);
  });

  test('are written by the API, below the stack’s own name', () => {
    expect(secretActions(/^ControlApiOwned/)).toContain('secretsmanager:PutSecretValue');
    expect(text(allowing(statementsOf(/^ControlApiOwned/), 'secretsmanager:PutSecretValue').Resource)).toContain(
      ':secret:gofer/Gofer/*/value*',
    );
  });

  test.each([
    ['renewed and removed by expiry', /^Expiry/],
    ['made by the function that deploys the pipelines of a stack', /^ManagedPipelinesFunctionOwned/],
    ['made by the sweep, which finishes deployments', /^ControlSweepOwned/],
  ])('that are tokens of pipelines are %s, which reaches no other', (_, role) => {
    const statement = allowing(statementsOf(role), 'secretsmanager:PutSecretValue');
    expect(actionsOf(statement)).toEqual([
      'secretsmanager:CreateSecret',
      'secretsmanager:DeleteSecret',
      'secretsmanager:PutSecretValue',
    ]);
    expect(text(statement.Resource)).toContain(':secret:gofer/Gofer/*/*/_token/value*');
    expect(text(statementsOf(role))).not.toContain('gofer/Gofer/*/value');
  });

  test('are removed by the uninstall, which can’t read them', () => {
    const actions = secretActions(/^UninstallFunction/);
    expect(actions).toContain('secretsmanager:DeleteSecret');
    expect(actions).not.toContain('secretsmanager:GetSecretValue');
  });
});

test('as parameters they lie where the bootstrap code does, which stays out of reach', () => {
  const template = templateOf({ secretStore: 'parameter-store' });
  const resource = text(allowing(statementsOf(/^TasksExecutionRole/, template), 'ssm:GetParameters').Resource);
  expect(resource).toContain(':parameter/gofer/Gofer/*/value');
  expect(resource).not.toContain('parameter/gofer/Gofer/*"');
});
