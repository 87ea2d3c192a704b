import { expect, test } from 'vitest';
import { checkBootstrapCode } from '../../lib/access/bootstrap-code.ts';
import { EnvironmentError } from '../../lib/aws/environment.ts';
import { createAwsHome } from '../../lib/aws/home.ts';
import { template } from '../infra/stack.ts';

/** What the stack gives each function, with a value in place of each reference. */
const [variables = {}] = Object.values(
  template.findResources('AWS::Lambda::Function', { Properties: { Environment: { Variables: { GOFER_TABLE: {} } } } }),
).map(({ Properties }) =>
  Object.fromEntries(
    Object.entries(Properties.Environment.Variables).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : name === 'GOFER_STATES_ARN' ? 'arn:aws:states:eu-west-1:123456789012' : name,
    ]),
  ),
);

test('the stack gives its functions all that the home needs', () => {
  const { settings } = createAwsHome(variables);
  expect(settings).toMatchObject({
    kind: 'aws',
    cluster: 'GOFER_CLUSTER_ARN',
    nextFunction: 'Gofer-next',
    finishFunction: 'Gofer-finish',
    network: { AwsvpcConfiguration: { AssignPublicIp: 'ENABLED', Subnets: ['GOFER_SUBNETS'] } },
  });
});

test('the roles that pipelines may name are those of the setting, in the account of the stack', () => {
  const account = 'arn:aws:iam::123456789012:role';
  expect(createAwsHome(variables).settings.taskRoles).toEqual({ account, allowed: [] });
  const { taskRoles } = createAwsHome({ ...variables, GOFER_TASK_ROLES: 'reader reports-*' }).settings;
  expect(taskRoles).toEqual({ account, allowed: ['reader', 'reports-*'] });
});

test('on AWS the first token is given to nobody who has no code', async () => {
  const home = createAwsHome(variables);
  await expect(checkBootstrapCode(home, undefined)).rejects.toMatchObject({ status: 403 });
});

test('a home without its variables names those that are missing', () => {
  const { GOFER_TABLE: _, ...others } = variables;
  expect(() => createAwsHome(others)).toThrow(EnvironmentError);
  expect(() => createAwsHome(others)).toThrow(/GOFER_TABLE; deploy the stack/);
});
