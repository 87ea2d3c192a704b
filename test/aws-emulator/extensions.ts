/** Extensions on AWS: services of ECS that are looked after, told of subscriptions, and stopped with their tokens. */
import { beforeAll, expect, test } from 'vitest';
import type { PipelineRef } from '../../lib/client/types.ts';
import { createUser, eventually, runsPath, task } from '../e2e/user.ts';
import { inShell } from '../extension/in-shell.ts';
import { type Keeper, keeperOf } from './extension-keeper.ts';
import type { AwsInstallation } from './installation.ts';
import { placesOf } from './places.ts';

const timeout = 180_000;

/** An extension that is there still when all of these tests are over. */
export const staying = 'stays';

export function extensions(installation: () => AwsInstallation): void {
  let user: ReturnType<typeof createUser>;
  let keeper: Keeper;
  let subscribed: PipelineRef;
  let other: PipelineRef;

  const get = async (id: string) => (await user.client.extensions.get(id)).extension;
  const runs = (id: string) =>
    eventually(
      () => get(id),
      ({ state }) => state === 'running',
      timeout,
    );
  const told = () => `default.${subscribed.pipeline}.on-push`;
  /** What a request is answered by that the extension makes. */
  const asks = async (token: string, method: 'GET' | 'POST', ref: PipelineRef) => {
    const body = method === 'POST' ? { variables: {} } : undefined;
    return (await createUser({ url: installation().url, token }).ask(method, runsPath(ref), body)).status;
  };

  beforeAll(async () => {
    user = createUser(installation());
    keeper = keeperOf(installation());
    [subscribed, other] = await Promise.all([user.up([task('only', 'true')]), user.up([task('only', 'true')])]);
  }, timeout);

  test('an installation is answered before the container is there, which comes up then', { timeout }, async () => {
    const install = (id: string) => user.client.extensions.install(inShell(id, { starts: 'nothing' }));
    const answers = await Promise.all([install('hooks'), install(staying)]);
    expect(answers.map(({ extension: { state, url } }) => [state, url])).toEqual(Array(2).fill(['processing', '']));
    for (const id of ['hooks', staying])
      expect(await runs(id)).toMatchObject({
        url: expect.stringMatching(/^http:\/\/[\d.]+:8082$/),
        documentation: { body: 'Starts runs.' },
      });
    expect(await keeper.services()).toEqual(['hooks', staying]);
  });

  test('it is told who subscribes, and of events from outside', { timeout }, async () => {
    const settings = { event: 'push' };
    await user.client.subscriptions.create(subscribed, {
      extension_id: 'hooks',
      subscription_id: 'on-push',
      settings,
    });
    expect((await user.client.extensions.debug('hooks')).info).toContain(told());
    await user.client.extensions.sendEvent('hooks', new Blob(['somebody pushed']));
    const log = async () => (await user.client.extensions.readLog('hooks')).text();
    expect(await eventually(log, (text) => text.includes('event'))).toBe('listening\nevent: somebody pushed\n');
  });

  test('its token starts runs of who subscribes, and of nobody else', async () => {
    const [token = ''] = await keeper.tokens('hooks');
    expect(await asks(token, 'POST', subscribed)).toBe(201);
    expect(await asks(token, 'POST', other)).toBe(401);
  });

  test('its token is in the store of secrets and nowhere else', async () => {
    const [token = ''] = await keeper.tokens('hooks');
    for (const [place, things] of Object.entries(await placesOf(installation())))
      for (const [name, text] of Object.entries(things))
        expect([place, name, text.includes(token)]).toEqual([place, name, false]);
  });

  test('a container that is killed is replaced by one that is told the same', { timeout }, async () => {
    const { started } = await get('hooks');
    await keeper.kill('hooks');
    await eventually(
      () => get('hooks'),
      (now) => now.state === 'running' && now.started > started,
      timeout,
    );
    expect((await user.client.extensions.debug('hooks')).info).toContain(told());
  });

  test('one that is disabled has no service, and its token opens nothing', { timeout }, async () => {
    const [token = ''] = await keeper.tokens('hooks');
    await user.client.extensions.update('hooks', { enable: false });
    expect(await keeper.tokens('hooks')).toEqual([]);
    await eventually(keeper.services, (names) => !names.includes('hooks'), timeout);
    await eventually(
      () => keeper.containers('hooks'),
      ({ length }) => length === 0,
      timeout,
    );
    expect((await get('hooks')).registration.status).toBe('disabled');
    // A function remembers for some seconds whom it has let in.
    await eventually(
      () => asks(token, 'GET', subscribed),
      (status) => status === 401,
      timeout,
    );
  });

  test('one that is enabled has a new token, and its subscriptions', { timeout }, async () => {
    await user.client.extensions.update('hooks', { enable: true });
    await runs('hooks');
    const [token = ''] = await keeper.tokens('hooks');
    expect(await asks(token, 'POST', subscribed)).toBe(201);
    expect((await user.client.extensions.debug('hooks')).info).toContain(told());
  });

  test('one whose image is not there says so', { timeout }, async () => {
    await user.client.extensions.install({ ...inShell('nowhere'), image: 'nowhere.invalid/none:1' });
    const { reason } = await eventually(
      () => get('nowhere'),
      ({ state }) => state === 'exited',
      timeout,
    );
    expect(reason).toMatch(/CannotPullContainerError: nowhere\.invalid\/none:1/);
    await user.client.extensions.uninstall('nowhere');
  });

  test('one that is uninstalled leaves nothing', { timeout }, async () => {
    await user.client.extensions.uninstall('hooks');
    await eventually(keeper.services, (names) => names.join() === staying, timeout);
    for (const id of ['hooks', 'nowhere']) {
      expect(await keeper.tokens(id)).toEqual([]);
      await eventually(
        () => keeper.definitions(id),
        ({ length }) => length === 0,
        timeout,
      );
    }
    expect(await keeper.definitions(staying)).toHaveLength(1);
    expect((await get(staying)).state).toBe('running');
  });
}
