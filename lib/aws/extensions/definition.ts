/** What is registered with ECS for the service of an extension: named by its content, as tasks are. */
import { createHash } from 'node:crypto';
import type { RegisterTaskDefinitionCommandInput, TaskDefinition } from '@aws-sdk/client-ecs';
import { extensionPort } from '../../extension/place.ts';
import type { ServiceWork } from '../../ports/extension-services.ts';
import { registrationOf, type TaskDefinitionSettings } from '../task-definition.ts';

/** Seconds between SIGTERM and SIGKILL. */
const stopTimeout = 10;

export type ExtensionDefinitionSettings = TaskDefinitionSettings & { readonly architecture: 'x86_64' | 'arm64' };

export function extensionDefinition(
  { image, entrypoint, command, environment, secrets, registry }: ServiceWork,
  settings: ExtensionDefinitionSettings,
) {
  const {
    containerDefinitions,
    family: _,
    ...definition
  } = registrationOf(
    {
      image,
      ...(entrypoint && { entrypoint }),
      architecture: settings.architecture,
      stopTimeout,
      alwaysPull: false,
      secrets,
      ...(registry !== undefined && { registry }),
    },
    settings,
  );
  const [container] = containerDefinitions;
  const whole = {
    ...definition,
    containerDefinitions: [
      {
        ...container,
        ...(command && { command: [...command] }),
        environment: Object.entries(environment)
          .map(([name, value]) => ({ name, value }))
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
        portMappings: [{ containerPort: extensionPort, protocol: 'tcp' as const }],
      },
    ],
  };
  const hash = createHash('sha256').update(JSON.stringify([settings.installation, 'extension', whole]));
  const family = `gofer-${hash.digest('hex').slice(0, 32)}`;
  return { ...whole, family } satisfies RegisterTaskDefinitionCommandInput;
}

/** Whose a registered definition is, and by which of its tokens; `undefined`: no extension's. */
export function extensionIn(definition: TaskDefinition): { readonly id: string; readonly token: string } | undefined {
  const secrets = definition.containerDefinitions?.flatMap((each) => each.secrets ?? []) ?? [];
  for (const { valueFrom = '' } of secrets) {
    const [, id, token] = /\/_extension\/([^/]+)\/([^/]+)\/value$/.exec(valueFrom) ?? [];
    if (id && token) return { id, token };
  }
  return undefined;
}
