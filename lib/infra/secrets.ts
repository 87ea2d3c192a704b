/** Who may do what with the secrets of the installation. Each has its own under its own name, and nothing else of the account. */
import { ArnFormat, Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
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

/** Registry credentials lie in Secrets Manager whatever the setting is. */
export function allowSecrets(
  scope: Construct,
  { secretStore }: Pick<Settings, 'secretStore'>,
  { grantPrincipal }: IGrantable,
  ...what: (keyof typeof calls)[]
): void {
  const stack = Stack.of(scope);
  const services =
    secretStore === 'parameter-store' ? (['secretsmanager', 'ssm'] as const) : (['secretsmanager'] as const);
  for (const service of services) {
    const actions = what.flatMap((each) => calls[each][service].map((call) => `${service}:${call}`));
    grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources: [arnOf(stack, service)] }));
  }
}

function arnOf(stack: Stack, service: 'secretsmanager' | 'ssm'): string {
  if (service === 'secretsmanager')
    return stack.formatArn({
      service,
      resource: 'secret',
      resourceName: `gofer/${stack.stackName}/*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  // The parameter with the bootstrap code begins so too, and is nobody's here.
  return stack.formatArn({ service, resource: 'parameter', resourceName: `gofer/${stack.stackName}/*/value` });
}
