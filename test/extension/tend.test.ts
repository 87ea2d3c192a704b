/** What looks after extensions on AWS makes of the rows: containers come up, end, and come up again. */
import { describe, expect, test, vi } from 'vitest';
import { listTokens } from '../../lib/access/tokens.ts';
import { listEvents } from '../../lib/events/events.ts';
import { exchange } from '../../lib/extension/exchange.ts';
import { getExtension } from '../../lib/extension/extensions.ts';
import { tendExtensions } from '../../lib/extension/tend.ts';
import type { ServiceWork } from '../../lib/ports/extension-services.ts';
import { bearer, kinds, knows, ownSecrets, shown, startAwsWorld, startInstalled } from './aws-world.ts';
import { hooks, subscriptions } from './world.ts';

const subscription = { extension_id: 'hooks', subscription_id: 'on-push', settings: { event: 'push' } };
const other = { ...hooks, id: 'other', image: 'other:1' };

describe('what is installed', () => {
  test('gets a service, and runs when its container has said that it is well', async () => {
    const wake = vi.fn(async () => {});
    const world = await startAwsWorld(wake);
    const { status, json } = await world.send('POST /api/extensions', {
      body: { ...hooks, settings: { greeting: 'hi' } },
    });
    expect([status, json]).toMatchObject([
      201,
      { extension: { state: 'processing', reason: 'waits for its container' } },
    ]);
    expect([wake.mock.calls.length, await kinds(world)]).toEqual([1, []]);
    await world.settle();
    expect(await shown(world)).toMatchObject({
      state: 'running',
      url: world.containers.running.get('hooks')?.url,
      documentation: { body: 'Starts a run for each external event.' },
    });
    expect(world.containers.running.get('hooks')?.variables).toMatchObject({
      GREETING: 'hi',
      GOFER_EXTENSION_SYSTEM_ID: 'hooks',
      GOFER_EXTENSION_SYSTEM_BIND_ADDRESS: '0.0.0.0:8082',
    });
    expect(await kinds(world)).toEqual(['installed_extension']);
  });

  test('gets its token from the secrets, where nobody else sees it', async () => {
    const world = await startInstalled();
    const { [bearer]: secret = '' } = world.containers.running.get('hooks')?.variables ?? {};
    const [token, ...more] = await listTokens(world.home);
    expect([ownSecrets(world), more]).toEqual([[`_extension/hooks/${token?.id}/value`], []]);
    expect(secret).toMatch(/^gofer_/);
    const told = [world.containers.works.get('hooks'), await world.home.table.query('EXTENSIONS'), await shown(world)];
    expect(JSON.stringify([...told, await listEvents(world.home)])).not.toContain(secret);
  });

  test('is left alone when all is as it should be', async () => {
    const world = await startInstalled();
    const before = await getExtension(world.home, 'hooks');
    expect(await world.tend()).toEqual({ soon: false, errors: [] });
    expect(await getExtension(world.home, 'hooks')).toEqual(before);
  });

  test('is installed although the one who looks after it could not be woken: the next minute does it', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const world = await startAwsWorld(() => Promise.reject(new Error('throttled')));
    expect((await world.send('POST /api/extensions', { body: hooks })).status).toBe(201);
    await world.settle();
    expect(await shown(world)).toMatchObject({ state: 'running' });
  });
});

describe('one that ended', () => {
  test('is exited with the reason, then runs again, and is told its subscriptions', async () => {
    const world = await startInstalled();
    await world.send(`POST ${subscriptions}`, { body: subscription });
    await world.containers.end('hooks', 'it ended with exit code 3');
    await world.tend();
    expect(await shown(world)).toMatchObject({ state: 'exited', reason: 'it ended with exit code 3', url: '' });
    await world.containers.restart('hooks');
    expect(knows(world)).toEqual([]);
    await world.tend();
    expect([await shown(world), knows(world)]).toMatchObject([{ state: 'running' }, ['default/build/on-push']]);
    expect(await kinds(world)).toEqual(['installed_extension']);
  });

  test('is not noted over one that has come after it, by who has looked too early', async () => {
    const world = await startInstalled();
    const { containers, tend } = world;
    await containers.end('hooks', 'it crashed');
    const late = { ...containers };
    late.container = async (work: ServiceWork) => {
      const found = await containers.container(work);
      await containers.restart('hooks');
      await tend();
      return found;
    };
    await tendExtensions(world.home, { services: late, exchange });
    expect(await shown(world)).toMatchObject({ state: 'running' });
  });
});

describe('one that does not come up', () => {
  test('says why, and counts as exited after two minutes; it runs as soon as it is well', async () => {
    const world = await startAwsWorld();
    world.containers.awaited.add('hooks:1');
    await world.send('POST /api/extensions', { body: hooks });
    expect((await world.tend()).soon).toBe(true);
    const reason = 'ECS has started no container of it yet';
    expect(await shown(world)).toMatchObject({ state: 'processing', reason });
    world.home.pass(120);
    expect((await world.tend()).soon).toBe(false);
    expect(await shown(world)).toMatchObject({ state: 'exited', reason });
    world.containers.awaited.clear();
    await world.containers.restart('hooks');
    await world.tend();
    expect(await shown(world)).toMatchObject({ state: 'running' });
  });

  test('because it refuses the bearer is not well, and is told nothing', async () => {
    const world = await startAwsWorld();
    world.containers.awaited.add('hooks:1');
    await world.send('POST /api/extensions', { body: hooks });
    await world.tend();
    const [name = ''] = ownSecrets(world);
    const secret = world.home.secrets.values.get(name) ?? '';
    world.containers.awaited.clear();
    world.home.secrets.values.set(name, 'another');
    await world.containers.restart('hooks');
    world.home.secrets.values.set(name, secret);
    await world.tend();
    expect(await shown(world)).toMatchObject({
      state: 'processing',
      reason: expect.stringContaining('is not well yet'),
    });
    expect(await kinds(world)).toEqual([]);
  });

  test('because ECS refuses it says so, and keeps no other from its service', async () => {
    const world = await startAwsWorld();
    world.containers.refused.set('hooks:1', 'InvalidParameterException: no');
    for (const body of [hooks, other]) await world.send('POST /api/extensions', { body });
    const { errors } = await world.settle();
    expect(errors).toEqual([{ extension: 'hooks', error: new Error('InvalidParameterException: no') }]);
    expect(await shown(world)).toMatchObject({ state: 'exited', reason: 'InvalidParameterException: no' });
    expect(await shown(world, 'other')).toMatchObject({ state: 'running' });
  });
});

test('one that runs goes on when ECS does not answer', async () => {
  const world = await startInstalled();
  world.containers.refused.set('hooks:1', 'ThrottlingException');
  expect((await world.tend()).errors).toHaveLength(1);
  expect(await shown(world)).toMatchObject({ state: 'running' });
});
