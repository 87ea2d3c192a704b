import { expect, test } from 'vitest';
import { EnvironmentError } from '../../lib/aws/environment.ts';
import { createAwsHome } from '../../lib/aws/home.ts';
import { template } from '../infra/stack.ts';

/** What the stack gives each function, with a value in place of each reference. */
const [variables = {}] = Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) =>
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

test('a home without its variables names those that are missing', () => {
  const { GOFER_TABLE: _, ...others } = variables;
  expect(() => createAwsHome(others)).toThrow(EnvironmentError);
  expect(() => createAwsHome(others)).toThrow(/GOFER_TABLE; deploy the stack/);
});
