import { describe, expect, test } from 'vitest';
import {
  type ExtensionDefinitionSettings,
  extensionDefinition,
  extensionIn,
} from '../../../lib/aws/extensions/definition.ts';
import type { ServiceWork } from '../../../lib/ports/extension-services.ts';
import { settings, work } from './hooks.ts';

const nameOf = (more: Partial<ServiceWork> = {}, other: Partial<ExtensionDefinitionSettings> = {}) =>
  extensionDefinition({ ...work, ...more }, { ...settings, ...other }).family;

describe('the definition of an extension', () => {
  test('keeps its name while nothing of it changes, in whatever order its variables come', () => {
    const environment = { B: '2', A: '1' };
    expect(nameOf({ environment })).toBe(nameOf({ environment: { A: '1', B: '2' } }));
    expect(nameOf()).toMatch(/^gofer-[0-9a-f]{32}$/);
  });

  test.each<[string, Partial<ServiceWork>, Partial<ExtensionDefinitionSettings>?]>([
    ['its image', { image: 'hooks:2' }],
    ['its command', { command: ['serve'] }],
    ['its entrypoint', { entrypoint: ['/hooks'] }],
    ['a setting', { environment: { ...work.environment, EVERY: '1h' } }],
    ['its token', { secrets: { GOFER_EXTENSION_SYSTEM_SECRET: '_extension/hooks/t2/value' } }],
    ['a secret among its settings', { secrets: { ...work.secrets, KEY: '_global/slack/value' } }],
    ['the credentials of its image', { registry: '_extension/hooks/_registry/value' }],
    ['the role that ECS starts it with', {}, { executionRoleArn: 'arn:aws:iam::123456789012:role/other' }],
    ['the group of its logs', {}, { logGroup: 'others' }],
    ['what it is made for', {}, { architecture: 'arm64' }],
    ['the installation', {}, { installation: 'Other' }],
  ])('gets another name with %s', (_, more, other) => {
    expect(nameOf(more, other)).not.toBe(nameOf());
  });

  test('names secrets by where they lie', () => {
    const { containerDefinitions } = extensionDefinition(
      { ...work, registry: '_extension/hooks/_registry/value' },
      settings,
    );
    const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret';
    expect(containerDefinitions[0]).toMatchObject({
      secrets: [{ name: 'GOFER_EXTENSION_SYSTEM_SECRET', valueFrom: `${arn}:gofer/Gofer/_extension/hooks/t1/value` }],
      environment: [{ name: 'GOFER_EXTENSION_SYSTEM_ID', value: 'hooks' }],
      repositoryCredentials: { credentialsParameter: 'gofer/Gofer/_extension/hooks/_registry/value' },
    });
  });

  test('tells again whose it is, in either store of secrets; one of a task is nobody’s', () => {
    for (const store of ['secrets-manager', 'parameter-store'] as const) {
      const definition = extensionDefinition(work, { ...settings, secrets: { ...settings.secrets, store } });
      expect(extensionIn(definition)).toEqual({ id: 'hooks', token: 't1' });
    }
    expect(extensionIn({ containerDefinitions: [{ secrets: [{ name: 'A', valueFrom: 'a/value' }] }] })).toBeUndefined();
    expect(extensionIn({})).toBeUndefined();
  });

  test('is of Fargate’s smallest size, has no role, opens its port and is given ten seconds to stop', () => {
    const definition = extensionDefinition(work, settings);
    expect(definition).toMatchObject({ cpu: '256', memory: '512', networkMode: 'awsvpc' });
    expect(definition).not.toHaveProperty('taskRoleArn');
    expect(definition.containerDefinitions[0]).toMatchObject({
      portMappings: [{ containerPort: 8082, protocol: 'tcp' }],
      stopTimeout: 10,
    });
  });
});
