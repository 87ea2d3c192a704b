/** What is registered with ECS for a task: named by its content, so that registering it again is the same call. */
import { createHash } from 'node:crypto';
import type { TaskDefinition as Registered, RegisterTaskDefinitionCommandInput } from '@aws-sdk/client-ecs';
import { roleArn } from '../pipeline/role.ts';
import type { TaskDefinition } from '../ports/containers.ts';
import { type SecretPlace, secretArn, secretPath } from './secret-path.ts';

export type TaskDefinitionSettings = {
  /** Name of the stack: two installations in one account share no definition. */
  readonly installation: string;
  readonly executionRoleArn: string;
  /** Where a role lies that a pipeline names without its ARN: `arn:aws:iam::123456789012:role`. */
  readonly rolesArn: string;
  readonly logGroup: string;
  readonly region: string;
  readonly secrets: SecretPlace;
};

/** Name of the one container in each task: overrides and log streams name it. */
export const containerName = 'task';
export const streamPrefix = 'gofer';

/** Overrides give a task its real size; a definition needs one, so it is Fargate's smallest. Extensions have no other. */
export const smallest = { cpu: '256', memory: '512' };

/** Counts what `registrationOf` has made of the same definition: a change of it below needs another name. */
const format = 1;

/**
 * The family's name: known without a call, at synthesis too, where roles and groups have no name yet. Requests name the
 * family alone and RunTask takes its newest revision; all of them are alike.
 */
export function familyOf(installation: string, { alwaysPull: _, ...content }: TaskDefinition): string {
  const sorted = Object.entries(content)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash('sha256').update(JSON.stringify([installation, format, sorted]));
  return `gofer-${hash.digest('hex').slice(0, 32)}`;
}

export function registrationOf(definition: TaskDefinition, settings: TaskDefinitionSettings) {
  return {
    family: familyOf(settings.installation, definition),
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    ...smallest,
    runtimePlatform: {
      operatingSystemFamily: 'LINUX',
      cpuArchitecture: definition.architecture === 'arm64' ? 'ARM64' : 'X86_64',
    },
    executionRoleArn: settings.executionRoleArn,
    ...(definition.role !== undefined && { taskRoleArn: roleArn(definition.role, settings.rolesArn) }),
    containerDefinitions: [
      {
        name: containerName,
        image: definition.image,
        essential: true,
        ...(definition.entrypoint && { entryPoint: [...definition.entrypoint] }),
        ...(definition.secrets && { secrets: secretsOf(definition.secrets, settings) }),
        // ECS takes the name of a secret in its own region.
        ...(definition.registry !== undefined && {
          repositoryCredentials: {
            credentialsParameter: secretPath(settings.installation, 'secrets-manager', definition.registry),
          },
        }),
        stopTimeout: definition.stopTimeout,
        // A process that is number 1 ignores SIGTERM unless it asks for it: tini takes that place.
        linuxParameters: { initProcessEnabled: true },
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': settings.logGroup,
            'awslogs-region': settings.region,
            'awslogs-stream-prefix': streamPrefix,
            // No line may be lost: a container waits when CloudWatch does.
            mode: 'blocking',
          },
        },
      },
    ],
  } satisfies RegisterTaskDefinitionCommandInput;
}

/** ECS reads them as it starts the container: nothing of the product has their values in its hands. */
const secretsOf = (
  secrets: Readonly<Record<string, string>>,
  { installation, secrets: place }: TaskDefinitionSettings,
) => Object.entries(secrets).map(([name, secret]) => ({ name, valueFrom: secretArn(installation, place, secret) }));

/**
 * Whether a registered revision still does. Role, log group and the store of secrets are the stack's, not in the family's
 * name: when an update of the stack has replaced one, the family gets another revision.
 */
export function isUpToDate(registered: Registered, wanted: ReturnType<typeof registrationOf>): boolean {
  const [is] = registered.containerDefinitions ?? [];
  const [should] = wanted.containerDefinitions;
  return (
    registered.executionRoleArn === wanted.executionRoleArn &&
    is?.logConfiguration?.options?.['awslogs-group'] === should?.logConfiguration.options['awslogs-group'] &&
    is?.secrets?.[0]?.valueFrom === should?.secrets?.[0]?.valueFrom
  );
}
