/** Who may do what with the secrets of the installation. Each has its own under its own name, and nothing else of the account. */
import { ArnFormat, Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { apiTokenName } from '../secret/name.ts';
import type { Settings } from './settings.ts';

/** What a function, or ECS, does with secrets: the calls of each store. */
const calls = {
  read: {
    secretsmanager: ['GetSecretValue'],
    ssm: ['GetParameter', 'GetParameters', 'GetParameterHistory'],
  },
  write: {
    secretsmanager: ['CreateSecret', 'PutSecretValue', 'DeleteSecret'],
    ssm: ['PutParameter', 'DeleteParameter'],
  },
  remove: {
    secretsmanager: ['DeleteSecret'],
    ssm: ['DeleteParameters'],
  },
} as const;

type What = readonly (keyof typeof calls)[];

export const allowSecrets = (
  scope: Construct,
  settings: Pick<Settings, 'secretStore'>,
  grantee: IGrantable,
  ...what: What
): void => allow(scope, settings, grantee, what, '*/value');

/** To write and remove the tokens that the containers of pipelines get, and nothing that users have stored. */
export const allowPipelineTokens = (
  scope: Construct,
  settings: Pick<Settings, 'secretStore'>,
  grantee: IGrantable,
): void => allow(scope, settings, grantee, ['write'], apiTokenName({ namespace: '*', pipeline: '*' }));

/** Registry credentials lie in Secrets Manager whatever the setting is. */
function allow(
  scope: Construct,
  { secretStore }: Pick<Settings, 'secretStore'>,
  { grantPrincipal }: IGrantable,
  what: What,
  names: string,
): void {
  const stack = Stack.of(scope);
  const services =
    secretStore === 'parameter-store' ? (['secretsmanager', 'ssm'] as const) : (['secretsmanager'] as const);
  for (const service of services) {
    const actions = what.flatMap((each) => calls[each][service].map((call) => `${service}:${call}`));
    grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources: [arnOf(stack, service, names)] }));
  }
}

function arnOf(stack: Stack, service: 'secretsmanager' | 'ssm', names: string): string {
  const path = `gofer/${stack.stackName}/${names}`;
  return service === 'secretsmanager'
    ? // AWS puts a suffix behind a name; one that isn't there has none, and is to be not found rather than forbidden.
      stack.formatArn({
        service,
        resource: 'secret',
        resourceName: `${path}*`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      })
    : // The parameter with the bootstrap code begins so too, ends otherwise, and is nobody's here.
      stack.formatArn({ service, resource: 'parameter', resourceName: path });
}
