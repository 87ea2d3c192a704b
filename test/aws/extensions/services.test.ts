import { CreateServiceCommand, DeleteServiceCommand } from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, test } from 'vitest';
import { extensionDefinition } from '../../../lib/aws/extensions/definition.ts';
import { createExtensionServices } from '../../../lib/aws/extensions/services.ts';
import type { ServiceWork } from '../../../lib/ports/extension-services.ts';
import { settings, work } from './hooks.ts';
import { clusterArn, createMemoryEcs, type MemoryEcs } from './memory-ecs.ts';

const changed: ServiceWork = { ...work, image: 'hooks:2' };
const service = 'gofer-extension-hooks';

let ecs: MemoryEcs;
let services: ReturnType<typeof createExtensionServices>;
beforeEach(() => {
  ecs = createMemoryEcs();
  services = createExtensionServices(ecs.client, settings);
});

const current = () => ecs.services.get(service)?.taskDefinition ?? '';
const statuses = () => [...ecs.definitions.values()].map(({ status }) => status);

describe('a service', () => {
  test('is made in the network of extensions: one container at most, on Fargate and not on Spot', async () => {
    await services.put(work);
    const [call] = ecs.aws.commandCalls(CreateServiceCommand);
    const input = call?.args[0].input;
    expect(input).toMatchObject({
      cluster: clusterArn,
      serviceName: service,
      desiredCount: 1,
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
      deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 0 },
      availabilityZoneRebalancing: 'DISABLED',
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: ['subnet-b', 'subnet-a'],
          securityGroups: ['sg-extensions'],
          assignPublicIp: 'ENABLED',
        },
      },
    });
    expect(ecs.definitions.get(current())?.input.family).toBe(extensionDefinition(work, settings).family);
  });

  test('that runs this already is left alone, whatever order AWS tells its subnets in', async () => {
    await services.put(work);
    const before = ecs.services.get(service);
    const awsvpcConfiguration = {
      ...settings.network,
      subnets: ['subnet-a', 'subnet-b'],
      securityGroups: ['sg-extensions'],
    };
    if (before) ecs.services.set(service, { ...before, networkConfiguration: { awsvpcConfiguration } });
    ecs.aws.resetHistory();
    await services.put(work);
    expect(ecs.changes()).toEqual([]);
  });

  test('gets what has changed, and what it ran before is forgotten', async () => {
    await services.put(work);
    const old = current();
    await services.put(changed);
    expect(ecs.definitions.get(current())?.input.containerDefinitions?.[0]?.image).toBe('hooks:2');
    expect([ecs.definitions.get(old)?.status, ecs.definitions.get(current())?.status]).toEqual([
      'DELETE_IN_PROGRESS',
      'ACTIVE',
    ]);
  });

  test('that somebody has scaled down gets its container again', async () => {
    await services.put(work);
    const before = ecs.services.get(service);
    if (before) ecs.services.set(service, { ...before, desiredCount: 0 });
    await services.put(work);
    expect(ecs.services.get(service)).toMatchObject({ status: 'ACTIVE', desiredCount: 1 });
    expect(statuses()).toEqual(['ACTIVE']);
  });

  test('moves with the network of the stack', async () => {
    await services.put(work);
    const network = { ...settings.network, subnets: ['subnet-c'], assignPublicIp: 'DISABLED' } as const;
    await createExtensionServices(ecs.client, { ...settings, network }).put(work);
    expect(ecs.services.get(service)?.networkConfiguration).toEqual({
      awsvpcConfiguration: { subnets: ['subnet-c'], securityGroups: ['sg-extensions'], assignPublicIp: 'DISABLED' },
    });
    expect(statuses()).toEqual(['ACTIVE']);
  });

  test('whose predecessor is still being removed waits for that', async () => {
    await services.put(work);
    await services.remove('hooks');
    ecs.aws.resetHistory();
    await services.put(changed);
    expect(ecs.changes()).toEqual([]);
    const before = ecs.services.get(service);
    if (before) ecs.services.set(service, { ...before, status: 'INACTIVE' });
    await services.put(changed);
    expect(ecs.services.get(service)?.status).toBe('ACTIVE');
  });

  test('is made once by two at the same moment', async () => {
    await Promise.all([services.put(work), services.put(work)]);
    expect(ecs.services.get(service)).toMatchObject({ status: 'ACTIVE', desiredCount: 1 });
    await Promise.all([services.put(changed), services.put(changed)]);
    expect(ecs.definitions.get(current())?.input.containerDefinitions?.[0]?.image).toBe('hooks:2');
  });

  test('that ECS refuses is an error with its words', async () => {
    ecs.aws.on(CreateServiceCommand).rejects(new Error('You have reached the limit of services'));
    await expect(services.put(work)).rejects.toThrow('limit of services');
  });
});

describe('whoever dies', () => {
  test('before the service was made has the next one make it, by the same definition', async () => {
    ecs.dying.add('CreateService');
    await expect(services.put(work)).rejects.toThrow('died here');
    await services.put(work);
    expect([ecs.services.get(service)?.status, statuses()]).toEqual(['ACTIVE', ['ACTIVE']]);
  });

  test('before it was changed leaves no definition that nobody knows of', async () => {
    await services.put(work);
    ecs.dying.add('UpdateService');
    await expect(services.put(changed)).rejects.toThrow('died here');
    expect(statuses()).toEqual(['DELETE_IN_PROGRESS', 'ACTIVE']);
    await services.put(changed);
    expect(ecs.definitions.get(current())?.input.containerDefinitions?.[0]?.image).toBe('hooks:2');
  });

  test('before it was removed neither', async () => {
    await services.put(work);
    ecs.dying.add('DeleteService');
    await expect(services.remove('hooks')).rejects.toThrow('died here');
    expect([await services.list(), statuses()]).toEqual([['hooks'], ['DELETE_IN_PROGRESS']]);
    await services.remove('hooks');
    expect(await services.list()).toEqual([]);
  });
});

describe('removing', () => {
  test('takes the service with its container, and its definition', async () => {
    await services.put(work);
    await services.remove('hooks');
    const [call] = ecs.aws.commandCalls(DeleteServiceCommand);
    const input = call?.args[0].input;
    expect(input).toMatchObject({ service, force: true });
    expect([ecs.services.get(service)?.status, statuses()]).toEqual(['DRAINING', ['DELETE_IN_PROGRESS']]);
  });

  test('is done where there is none, or it is being removed already', async () => {
    await services.remove('hooks');
    await services.put(work);
    await services.remove('hooks');
    ecs.aws.resetHistory();
    await services.remove('hooks');
    expect(ecs.changes()).toEqual([]);
  });
});

test('a listing names the extensions that have a service, of all pages, and nothing else of the cluster', async () => {
  for (const id of ['hooks', 'cron', 'mail']) await services.put({ ...work, id });
  ecs.services.set('theirs', { status: 'ACTIVE', taskDefinition: 'x', desiredCount: 1, networkConfiguration: {} });
  await services.remove('cron');
  expect(await services.list()).toEqual(['hooks', 'mail']);
});
