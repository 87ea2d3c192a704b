/** On AWS whoever changes an extension may die between any two writes: who looks after extensions goes on from there. */
import { expect, test } from 'vitest';
import { listTokens } from '../../lib/access/tokens.ts';
import { extensionTokenName } from '../../lib/extension/secrets.ts';
import { type ExtensionItem, extensionKey, extensionTurnsPartition } from '../../lib/store/items/extension.ts';
import { type Send, startApi } from '../api/client.ts';
import { dyingTable } from '../memory-home.ts';
import { type AwsWorld, kinds, knows, startAwsWorld, withExtensions } from './aws-world.ts';
import { hooks, subscriptions } from './world.ts';

const subscription = { extension_id: 'hooks', subscription_id: 'on-push', settings: { event: 'push' } };
const registry_auth = { user: 'bot', pass: 'a password' };

/** Runs `work` dying before its first write, then before its second…; after each, extensions are looked after. */
async function dyingAtEachWrite(
  prepare: (world: AwsWorld) => Promise<unknown>,
  line: string,
  body: unknown,
  afterwards: (world: AwsWorld) => Promise<unknown>,
): Promise<number> {
  for (let fatal = 1; ; fatal++) {
    const world = await startAwsWorld();
    await prepare(world);
    const dying = dyingTable(world.home.table, fatal);
    await (await startApi(withExtensions({ ...world.home, table: dying }), { report: () => {} }))(line, { body });
    if (!dying.died()) return fatal - 1;
    world.home.pass(61);
    expect((await world.settle()).errors).toEqual([]);
    await consistent(world);
    await afterwards(world);
  }
}

/** What runs, and what is kept of it, is what the row says. */
async function consistent({ home, containers, send }: AwsWorld): Promise<void> {
  const row = (await home.table.get(extensionKey('hooks'))) as ExtensionItem | undefined;
  const token = row?.status === 'enabled' ? row.token : undefined;
  const wanted = row?.status === 'enabled';
  expect([token !== undefined, row?.uninstalled, row?.stopping]).toEqual([wanted, undefined, undefined]);
  expect([[...containers.works.keys()], containers.running.size]).toEqual([wanted ? ['hooks'] : [], wanted ? 1 : 0]);
  expect((await listTokens(home)).map(({ id }) => id)).toEqual(token === undefined ? [] : [token]);
  const secrets = [...home.secrets.values.keys()].filter((name) => !name.endsWith('_registry/value'));
  expect(secrets).toEqual(token === undefined ? [] : [extensionTokenName('hooks', token)]);
  expect(await home.table.query(extensionTurnsPartition)).toEqual([]);
  if (wanted) expect((await send('GET /api/extensions/hooks')).json).toMatchObject({ extension: { state: 'running' } });
}

const install = async ({ send, settle }: AwsWorld) => {
  await send('POST /api/extensions', { body: { ...hooks, registry_auth } });
  await settle();
};
const switchTo = (enable: boolean) => async (world: AwsWorld) => {
  await world.send('PATCH /api/extensions/hooks', { body: { enable } });
  await world.settle();
};
const subscribe = ({ send }: AwsWorld) => send(`POST ${subscriptions}`, { body: subscription });
const statusOf = async (send: Send, path: string) => (await send(`GET ${path}`)).status;

test('a half installation runs, or was never there', async () => {
  const writes = await dyingAtEachWrite(
    async () => {},
    'POST /api/extensions',
    hooks,
    async (world) => {
      const there = (await statusOf(world.send, '/api/extensions/hooks')) === 200;
      expect(await kinds(world)).toEqual(there ? ['installed_extension'] : []);
      expect((await world.send('POST /api/extensions', { body: hooks })).status).toBe(there ? 409 : 201);
    },
  );
  expect(writes).toBeGreaterThan(5);
});

test('one that was half switched off is off, and that is told', async () => {
  const writes = await dyingAtEachWrite(install, 'PATCH /api/extensions/hooks', { enable: false }, async (world) => {
    const row = (await world.home.table.get(extensionKey('hooks'))) as ExtensionItem | undefined;
    const off = row?.status === 'disabled';
    expect(await kinds(world)).toEqual(['installed_extension', ...(off ? ['disabled_extension'] : [])]);
  });
  expect(writes).toBeGreaterThan(5);
});

test('one that was half switched on runs, and that is told', async () => {
  const prepare = async (world: AwsWorld) => {
    await install(world);
    await switchTo(false)(world);
  };
  const writes = await dyingAtEachWrite(prepare, 'PATCH /api/extensions/hooks', { enable: true }, async (world) => {
    const row = (await world.home.table.get(extensionKey('hooks'))) as ExtensionItem | undefined;
    const on = row?.status === 'enabled';
    const before = ['installed_extension', 'disabled_extension'];
    expect(await kinds(world)).toEqual([...before, ...(on ? ['enabled_extension'] : [])]);
  });
  expect(writes).toBeGreaterThan(5);
});

test('one that was half uninstalled is gone, with its credentials, and that is told once', async () => {
  const writes = await dyingAtEachWrite(install, 'DELETE /api/extensions/hooks', undefined, async (world) => {
    const gone = (await statusOf(world.send, '/api/extensions/hooks')) === 404;
    expect([...world.home.secrets.values.keys()].some((name) => name.endsWith('_registry/value'))).toBe(!gone);
    expect(await kinds(world)).toEqual(['installed_extension', ...(gone ? ['uninstalled_extension'] : [])]);
  });
  expect(writes).toBeGreaterThan(5);
});

test.each([
  ['subscribed', install, `POST ${subscriptions}`, subscription],
  [
    'switched on',
    async (world: AwsWorld) => {
      await install(world);
      await subscribe(world);
      await world.send(`PATCH ${subscriptions}/hooks/on-push`, { body: { status: 'disabled' } });
    },
    `PATCH ${subscriptions}/hooks/on-push`,
    { status: 'active' },
  ],
  [
    'switched off',
    async (world: AwsWorld) => {
      await install(world);
      await subscribe(world);
    },
    `PATCH ${subscriptions}/hooks/on-push`,
    { status: 'disabled' },
  ],
  [
    'unsubscribed',
    async (world: AwsWorld) => {
      await install(world);
      await subscribe(world);
    },
    `DELETE ${subscriptions}/hooks/on-push`,
    undefined,
  ],
])('a pipeline that half %s has a subscription that the container knows, or none', async (_, prepare, line, body) => {
  const writes = await dyingAtEachWrite(prepare, line, body, async (world) => {
    const { status, json } = await world.send(`GET ${subscriptions}/hooks/on-push`);
    const { status: is } = (json['subscription'] ?? {}) as { status?: string };
    expect([undefined, 'active', 'disabled']).toContain(is);
    expect([status, knows(world)]).toEqual([is ? 200 : 404, is === 'active' ? ['default/build/on-push'] : []]);
  });
  expect(writes).toBeGreaterThan(2);
});

test('a subscription that got no answer is told once more', async () => {
  const world = await startAwsWorld();
  await install(world);
  await subscribe(world);
  const url = world.containers.running.get('hooks')?.url ?? '';
  const { fetch } = globalThis;
  // The extension forgets it; that it has done so gets lost.
  globalThis.fetch = async (input, init) => {
    const answer = await fetch(input, init);
    if (String(input).startsWith(url) && init?.method === 'DELETE') throw new Error('the connection was lost');
    return answer;
  };
  try {
    expect((await world.send(`DELETE ${subscriptions}/hooks/on-push`)).status).toBe(503);
  } finally {
    globalThis.fetch = fetch;
  }
  expect(knows(world)).toEqual([]);
  await world.settle();
  expect(knows(world)).toEqual(['default/build/on-push']);
});
