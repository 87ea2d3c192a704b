/** Every process may die between any two writes: the next server makes sense of what is left. */
import { expect, test } from 'vitest';
import { listTokens } from '../../lib/access/tokens.ts';
import { listEvents } from '../../lib/events/events.ts';
import { resumeExtensions } from '../../lib/local/extensions/resume.ts';
import { createMemoryTable } from '../../lib/store/memory.ts';
import { type Send, startApi } from '../api/client.ts';
import { dyingTable } from '../memory-home.ts';
import { hooks, startWorld, subscriptions, type World } from './world.ts';

/** Runs `work` dying before its first write, then before its second…; after each, another server starts on the table. */
async function dyingAtEachWrite(
  prepare: (send: Send) => Promise<unknown>,
  work: (send: Send) => Promise<unknown>,
  afterwards: (next: World, fatal: number) => Promise<void>,
): Promise<number> {
  for (let fatal = 1; ; fatal++) {
    const table = createMemoryTable();
    const { home, host, send } = await startWorld({ table });
    await prepare(send);
    const dying = dyingTable(table, fatal);
    await work(await startApi({ ...home, table: dying }, { report: () => {} }));
    if (!dying.died()) return fatal - 1;
    await host.close();
    const next = await startWorld({ table });
    next.home.pass(60);
    await resumeExtensions(next.home, () => {});
    await afterwards(next, fatal);
  }
}

const subscription = { extension_id: 'hooks', subscription_id: 'on-push', settings: { event: 'push' } };
const statuses = async (send: Send, path: string) => (await send(`GET ${path}`)).status;
const told = async (home: World['home'], kind: string) =>
  (await listEvents(home)).filter((event) => kind in event.kind).length;
const knows = ({ containers }: World) => [...(containers.running.get('hooks')?.subscriptions.keys() ?? [])];

test('installing leaves nothing, or what runs after the next start with one token', async () => {
  const writes = await dyingAtEachWrite(
    async () => {},
    (send) => send('POST /api/extensions', { body: hooks }),
    async ({ home, containers, send }) => {
      const installed = (await statuses(send, '/api/extensions/hooks')) === 200;
      expect([containers.running.has('hooks'), (await listTokens(home)).length]).toEqual([
        installed,
        Number(installed),
      ]);
      expect((await send('POST /api/extensions', { body: hooks })).status).toBe(installed ? 409 : 201);
    },
  );
  expect(writes).toBeGreaterThan(3);
});

test('uninstalling is finished by repeating it', async () => {
  const writes = await dyingAtEachWrite(
    (send) => send('POST /api/extensions', { body: hooks }),
    (send) => send('DELETE /api/extensions/hooks'),
    async ({ home, containers, send }) => {
      expect([204, 404]).toContain((await send('DELETE /api/extensions/hooks')).status);
      expect([containers.running.size, await listTokens(home), await statuses(send, '/api/extensions/hooks')]).toEqual([
        0,
        [],
        404,
      ]);
      expect(await told(home, 'uninstalled_extension')).toBe(1);
    },
  );
  expect(writes).toBeGreaterThan(2);
});

test('switching off is finished by the next start', async () => {
  const writes = await dyingAtEachWrite(
    (send) => send('POST /api/extensions', { body: hooks }),
    (send) => send('PATCH /api/extensions/hooks', { body: { enable: false } }),
    async ({ home, containers, send }) => {
      const { extension } = (await send('GET /api/extensions/hooks')).json as {
        extension: { registration: { status: string } };
      };
      const on = extension.registration.status === 'enabled';
      expect([containers.running.has('hooks'), (await listTokens(home)).length]).toEqual([on, Number(on)]);
      expect(await told(home, 'disabled_extension')).toBe(on ? 0 : 1);
    },
  );
  expect(writes).toBeGreaterThan(3);
});

test('subscribing leaves what the extension and the table agree on', async () => {
  const writes = await dyingAtEachWrite(
    (send) => send('POST /api/extensions', { body: hooks }),
    (send) => send(`POST ${subscriptions}`, { body: subscription }),
    async (next) => {
      const there = (await statuses(next.send, `${subscriptions}/hooks/on-push`)) === 200;
      expect(knows(next)).toEqual(there ? ['default/build/on-push'] : []);
      if (there)
        expect((await next.send(`GET ${subscriptions}/hooks/on-push`)).json).toMatchObject({
          subscription: { status: 'active' },
        });
    },
  );
  expect(writes).toBeGreaterThan(2);
});

test('so does unsubscribing', async () => {
  const writes = await dyingAtEachWrite(
    async (send) => {
      await send('POST /api/extensions', { body: hooks });
      await send(`POST ${subscriptions}`, { body: subscription });
    },
    (send) => send(`DELETE ${subscriptions}/hooks/on-push`),
    async (next) => {
      const there = (await statuses(next.send, `${subscriptions}/hooks/on-push`)) === 200;
      expect(knows(next)).toEqual(there ? ['default/build/on-push'] : []);
      expect((await next.send(`DELETE ${subscriptions}/hooks/on-push`)).status).toBe(there ? 204 : 404);
      expect(knows(next)).toEqual([]);
      expect(await told(next.home, 'pipeline_extension_subscription_unregistered')).toBe(1);
    },
  );
  expect(writes).toBe(3);
});

test.each([
  ['DELETE /api/extensions/hooks', 'uninstalled_extension'],
  [`DELETE ${subscriptions}/hooks/on-push`, 'pipeline_extension_subscription_unregistered'],
])('%s that is asked for again by the same server is told as one event', async (line, kind) => {
  for (let fatal = 1, died = true; died; fatal++) {
    const { home, send } = await startWorld();
    await send('POST /api/extensions', { body: hooks });
    await send(`POST ${subscriptions}`, { body: subscription });
    const dying = dyingTable(home.table, fatal);
    await (await startApi({ ...home, table: dying }, { report: () => {} }))(line);
    died = dying.died();
    home.pass(60);
    expect((await send(line)).status).toBe(died ? 204 : 404);
    expect(await told(home, kind)).toBe(1);
  }
});
