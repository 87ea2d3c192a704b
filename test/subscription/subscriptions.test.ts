import { describe, expect, test, vi } from 'vitest';
import { listEvents } from '../../lib/events/events.ts';
import { resumeExtensions } from '../../lib/local/extensions/resume.ts';
import { subscriptionsPartition } from '../../lib/store/items/extension.ts';
import { homes, type EitherWorld as World } from '../extension/homes.ts';
import { hooks, restart, startWorld as startOnOneMachine, subscriptions } from '../extension/world.ts';

const wanted = { extension_id: 'hooks', subscription_id: 'on-push', settings: { event: 'push' } };
const one = `${subscriptions}/hooks/on-push`;

const known = ({ containers }: World) => [...(containers.running.get('hooks')?.subscriptions.keys() ?? [])];
const kinds = async ({ home }: World) =>
  (await listEvents(home)).flatMap(({ kind }) => Object.keys(kind)).filter((name) => name.includes('subscription'));

describe.each(homes)('on %s', (_, startBare) => {
  async function startWorld() {
    const world = await startBare();
    await world.send('POST /api/extensions', { body: hooks });
    return world;
  }

  describe('a pipeline', () => {
    test('subscribes: the extension knows it, and it is active', async () => {
      const world = await startWorld();
      const { status, json } = await world.send(`POST ${subscriptions}`, { body: wanted });
      const subscription = { ...wanted, namespace_id: 'default', pipeline_id: 'build', status: 'active' };
      expect([status, json]).toEqual([201, { subscription }]);
      expect(known(world)).toEqual(['default/build/on-push']);
      expect((await world.send(`GET ${one}`)).json).toEqual({ subscription });
      expect((await world.send(`GET ${subscriptions}`)).json).toEqual({ subscriptions: [subscription] });
      expect((await world.send('GET /api/extensions/hooks/subscriptions')).json).toEqual({
        subscriptions: [subscription],
      });
      expect(await kinds(world)).toEqual(['pipeline_extension_subscription_registered']);
    });

    test('is told why the extension does not want it, and has no subscription then', async () => {
      const world = await startWorld();
      const { status, json } = await world.send(`POST ${subscriptions}`, { body: { ...wanted, settings: {} } });
      expect([status, json['message']]).toEqual([400, 'extension "hooks" refused: setting "event" is missing']);
      expect((await world.send(`GET ${subscriptions}`)).json).toEqual({ subscriptions: [] });
      expect(await kinds(world)).toEqual([]);
    });

    test('has a subscription of a name once', async () => {
      const world = await startWorld();
      const both = await Promise.all([1, 2].map(() => world.send(`POST ${subscriptions}`, { body: wanted })));
      expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
      expect((await world.send(`POST ${subscriptions}`, { body: { ...wanted, subscription_id: 'two' } })).status).toBe(
        201,
      );
    });

    test.each([
      [{ extension_id: 'hoks' }, 404, 'extension "hoks" does not exist; did you mean "hooks"?'],
      [{ subscription_id: 'x' }, 400, 'subscription id "x" must be 3 to 32 letters, digits or hyphens'],
      [{ settings: { event: 1 } }, 400, 'body settings.event: expected string'],
    ])('can not subscribe with %j', async (wrong, status, message) => {
      const world = await startWorld();
      const answer = await world.send(`POST ${subscriptions}`, { body: { ...wanted, ...wrong } });
      expect([answer.status, answer.json['message']]).toEqual([status, expect.stringContaining(message)]);
    });

    test('can not subscribe to an extension that is off', async () => {
      const world = await startWorld();
      await world.send('PATCH /api/extensions/hooks', { body: { enable: false } });
      const { status, json } = await world.send(`POST ${subscriptions}`, { body: wanted });
      expect([status, json['message']]).toEqual([
        503,
        expect.stringContaining('extension "hooks" does not run; enable it'),
      ]);
      expect((await world.send(`GET ${subscriptions}`)).json).toEqual({ subscriptions: [] });
    });

    test('unsubscribes: the extension forgets it', async () => {
      const world = await startWorld();
      await world.send(`POST ${subscriptions}`, { body: wanted });
      expect((await world.send(`DELETE ${one}`)).status).toBe(204);
      expect([known(world), (await world.send(`GET ${one}`)).status]).toEqual([[], 404]);
      expect((await world.send(`DELETE ${one}`)).status).toBe(404);
      expect(await kinds(world)).toEqual([
        'pipeline_extension_subscription_registered',
        'pipeline_extension_subscription_unregistered',
      ]);
    });

    test('that is deleted has no subscriptions any more, also not its successor', async () => {
      const world = await startWorld();
      await world.send(`POST ${subscriptions}`, { body: wanted });
      await world.send('DELETE /api/namespaces/default/pipelines/build');
      expect([known(world), await world.home.table.query(subscriptionsPartition)]).toEqual([[], []]);
    });
  });

  describe('a subscription', () => {
    test('is switched off and on again', async () => {
      const world = await startWorld();
      await world.send(`POST ${subscriptions}`, { body: wanted });
      expect((await world.send(`PATCH ${one}`, { body: { status: 'disabled' } })).status).toBe(204);
      expect(known(world)).toEqual([]);
      expect((await world.send(`GET ${one}`)).json).toMatchObject({ subscription: { status: 'disabled' } });
      expect((await world.send(`PATCH ${one}`, { body: { status: 'active' } })).status).toBe(204);
      expect(known(world)).toEqual(['default/build/on-push']);
      expect((await world.send(`PATCH ${one}`, { body: {} })).status).toBe(204);
      expect((await world.send(`PATCH ${one}`, { body: { status: 'error' } })).status).toBe(400);
    });

    test('comes back with its extension, unless it is off', async () => {
      const world = await startWorld();
      await world.send(`POST ${subscriptions}`, { body: wanted });
      await world.send(`POST ${subscriptions}`, { body: { ...wanted, subscription_id: 'off' } });
      await world.send(`PATCH ${subscriptions}/hooks/off`, { body: { status: 'disabled' } });
      await world.containers.end('hooks', 'it crashed');
      await vi.waitFor(() => expect(known(world)).toEqual(['default/build/on-push']));
      await world.send('PATCH /api/extensions/hooks', { body: { enable: false } });
      await world.send('PATCH /api/extensions/hooks', { body: { enable: true } });
      expect(known(world)).toEqual(['default/build/on-push']);
    });

    test('says what is wrong with its extension', async () => {
      const world = await startWorld();
      await world.send(`POST ${subscriptions}`, { body: wanted });
      await world.send('PATCH /api/extensions/hooks', { body: { enable: false } });
      expect((await world.send(`GET ${one}`)).json['subscription']).toMatchObject({
        status: 'error',
        status_reason: { reason: 'failed', description: 'extension "hooks" does not run: is disabled' },
      });
      await world.send('DELETE /api/extensions/hooks');
      expect((await world.send(`GET ${one}`)).json['subscription']).toMatchObject({
        status: 'error',
        status_reason: { reason: 'not_found', description: 'extension "hooks" is not installed any more' },
      });
      expect((await world.send(`DELETE ${one}`)).status).toBe(204);
    });

    test('that the extension does not want any more says so, and keeps no other from it', async () => {
      const world = await startWorld();
      for (const subscription_id of ['first', 'other'])
        await world.send(`POST ${subscriptions}`, { body: { ...wanted, subscription_id } });
      const [first] = await world.home.table.query(subscriptionsPartition);
      if (first) await world.home.table.update(first, { set: { settings: {} } });
      await world.containers.end('hooks', 'it crashed');
      await vi.waitFor(() => expect(known(world)).toEqual(['default/build/other']));
      expect((await world.send(`GET ${subscriptions}/hooks/first`)).json['subscription']).toMatchObject({
        status: 'error',
        status_reason: { reason: 'failed', description: 'extension "hooks" refused: setting "event" is missing' },
      });
    });
  });
});

test('subscriptions come back with the server of one machine', async () => {
  const world = await startOnOneMachine();
  await world.send('POST /api/extensions', { body: hooks });
  await world.send(`POST ${subscriptions}`, { body: wanted });
  const next = await restart(world);
  await resumeExtensions(next.home, () => {});
  expect(known(next)).toEqual(['default/build/on-push']);
});
