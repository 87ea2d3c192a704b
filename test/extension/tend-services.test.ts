/** On AWS an extension that is to run has a service, and no other has; who looks after them does so whatever goes wrong. */
import { describe, expect, test, vi } from 'vitest';
import { createExtensionsHandler } from '../../lambdas/events/extensions.ts';
import { listTokens } from '../../lib/access/tokens.ts';
import { exchange } from '../../lib/extension/exchange.ts';
import type { ServiceWork } from '../../lib/ports/extension-services.ts';
import { systemKey } from '../../lib/store/items/system.ts';
import { bearer, kinds, knows, ownSecrets, shown, startAwsWorld, startInstalled } from './aws-world.ts';
import { hooks, subscriptions } from './world.ts';

const subscription = { extension_id: 'hooks', subscription_id: 'on-push', settings: { event: 'push' } };
const other = { ...hooks, id: 'other', image: 'other:1' };

describe('one that is switched off', () => {
  test('has no service, token or secret any more; its subscriptions wait', async () => {
    const world = await startInstalled();
    await world.send(`POST ${subscriptions}`, { body: subscription });
    expect((await world.send('PATCH /api/extensions/hooks', { body: { enable: false } })).status).toBe(204);
    await world.settle();
    expect([world.containers.works.size, world.containers.running.size, ownSecrets(world)]).toEqual([0, 0, []]);
    expect(await listTokens(world.home)).toEqual([]);
    expect(await shown(world)).toMatchObject({
      state: 'exited',
      reason: 'is disabled',
      registration: { status: 'disabled' },
    });
    expect(await world.tend()).toEqual({ soon: false, errors: [] });
  });

  test('comes back with another token, and its subscriptions', async () => {
    const world = await startInstalled();
    await world.send(`POST ${subscriptions}`, { body: subscription });
    const before = ownSecrets(world);
    for (const enable of [false, true]) {
      await world.send('PATCH /api/extensions/hooks', { body: { enable } });
      await world.settle();
    }
    expect([ownSecrets(world).length, knows(world)]).toEqual([1, ['default/build/on-push']]);
    expect(ownSecrets(world)).not.toEqual(before);
    expect(await kinds(world)).toEqual(['installed_extension', 'disabled_extension', 'enabled_extension']);
  });

  test('and on again before anybody looked is not spoken to as what it was', async () => {
    const world = await startInstalled();
    for (const enable of [false, true]) await world.send('PATCH /api/extensions/hooks', { body: { enable } });
    expect(await shown(world)).toMatchObject({ state: 'processing', url: '' });
    await world.settle();
    const { [bearer]: secret } = world.containers.running.get('hooks')?.variables ?? {};
    expect([secret]).toEqual(ownSecrets(world).map((name) => world.home.secrets.values.get(name)));
  });
});

test('one that is uninstalled leaves its subscriptions, and nothing else', async () => {
  const world = await startAwsWorld();
  const registry_auth = { user: 'bot', pass: 'a password' };
  await world.send('POST /api/extensions', { body: { ...hooks, registry_auth } });
  await world.settle();
  expect(world.containers.works.get('hooks')?.registry).toBe('_extension/hooks/_registry/value');
  await world.send(`POST ${subscriptions}`, { body: subscription });
  expect((await world.send('DELETE /api/extensions/hooks')).status).toBe(204);
  await world.settle();
  expect([world.containers.works.size, world.containers.running.size, ownSecrets(world)]).toEqual([0, 0, []]);
  expect([await listTokens(world.home), await world.home.table.query('EXTENSIONS')]).toEqual([[], []]);
  expect((await world.send(`GET ${subscriptions}/hooks/on-push`)).json['subscription']).toMatchObject({
    status: 'error',
    status_reason: { reason: 'not_found' },
  });
  expect(await kinds(world)).toEqual(['installed_extension', 'uninstalled_extension']);
});

describe('a service', () => {
  const stray: ServiceWork = { id: 'stray', image: 'stray:1', environment: {}, secrets: {} };

  test('that no row wants is removed', async () => {
    const world = await startInstalled();
    await world.containers.put(stray);
    await world.tend();
    expect([...world.containers.works.keys()]).toEqual(['hooks']);
  });

  test('stays when its extension is installed while somebody is about to remove it', async () => {
    const world = await startAwsWorld();
    await world.containers.put({ ...stray, id: 'hooks' });
    const services = { ...world.containers };
    services.list = async () => {
      const found = await world.containers.list();
      await world.send('POST /api/extensions', { body: hooks });
      return found;
    };
    const remove = vi.spyOn(services, 'remove');
    await createExtensionsHandler(world.home, { services, exchange })({}, { getRemainingTimeInMillis: () => 0 });
    expect(remove).not.toHaveBeenCalled();
  });

  test('is neither made nor removed while the installation is being removed', async () => {
    const world = await startInstalled();
    await world.containers.put(stray);
    await world.send('POST /api/extensions', { body: other });
    await world.home.table.update(systemKey, { set: { uninstalling: 1 } });
    expect(await world.tend()).toEqual({ soon: false, errors: [] });
    expect([...world.containers.works.keys()]).toEqual(['hooks', 'stray']);
  });
});

describe('the function', () => {
  test('looks on while one comes up, and fails at the end for one that has trouble', async () => {
    const world = await startAwsWorld();
    world.containers.refused.set('hooks:1', 'no');
    world.containers.awaited.add('other:1');
    for (const body of [hooks, other]) await world.send('POST /api/extensions', { body });
    const pause = vi.fn(async () => {
      world.containers.awaited.clear();
      await world.containers.restart('other');
    });
    const handler = createExtensionsHandler(world.home, { services: world.containers, exchange }, { pause });
    await expect(handler({}, { getRemainingTimeInMillis: () => 55_000 })).rejects.toThrow('extensions: hooks');
    expect([pause.mock.calls, await shown(world, 'other')]).toMatchObject([[[2_000]], { state: 'running' }]);
  });

  test('leaves what still comes up to the next minute when its time is over', async () => {
    const world = await startAwsWorld();
    world.containers.awaited.add('hooks:1');
    await world.send('POST /api/extensions', { body: hooks });
    const left = [55_000, 24_000];
    const pause = vi.fn(async () => {});
    const handler = createExtensionsHandler(world.home, { services: world.containers, exchange }, { pause });
    await handler({}, { getRemainingTimeInMillis: () => left.shift() ?? 0 });
    expect(pause).toHaveBeenCalledTimes(1);
  });
});
