/** What is registered with ECS for a task: named by its content, so that registering it again is the same call. */
import { createHash } from 'node:crypto';
import type { RegisterTaskDefinitionCommandInput } from '@aws-sdk/client-ecs';
import type { TaskDefinition } from '../ports/containers.ts';

export type TaskDefinitionSettings = {
  readonly executionRoleArn: string;
  readonly logGroup: string;
  readonly region: string;
};

/** Name of the one container in each task: overrides and log streams name it. */
export const containerName = 'task';
export const streamPrefix = 'gofer';

/** Overrides give a task its real size; a definition needs one, so it is Fargate's smallest. */
const smallest = { cpu: '256', memory: '512' };

export function registrationOf(definition: TaskDefinition, settings: TaskDefinitionSettings) {
  const content = {
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    ...smallest,
    runtimePlatform: {
      operatingSystemFamily: 'LINUX',
      cpuArchitecture: definition.architecture === 'arm64' ? 'ARM64' : 'X86_64',
    },
    executionRoleArn: settings.executionRoleArn,
    containerDefinitions: [
      {
        name: containerName,
        image: definition.image,
        essential: true,
        ...(definition.entrypoint && { entryPoint: [...definition.entrypoint] }),
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
  } satisfies Omit<RegisterTaskDefinitionCommandInput, 'family'>;
  const hash = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32);
  return { family: `gofer-${hash}`, ...content };
}
