import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { listEvents } from '../../lib/events/events.ts';
import { createNamespace } from '../../lib/namespace/namespaces.ts';
import { startGuarded } from './world.ts';

test('an event of a namespace that one may not read is as one that never was', async () => {
  const { admin, withPermissions, namespaceWith, home } = await startGuarded();
  await namespaceWith('secret-ns', 'build');
  const ann = await withPermissions({ resources: ['events', 'namespaces:^default$'], actions: ['read', 'delete'] });
  const hidden = (await listEvents(home)).find(({ kind }) => JSON.stringify(kind).includes('secret-ns'));
  const gone = { status: 404, json: { message: `event "${hidden?.id}" does not exist` } };
  expect(await admin(`GET /api/events/${hidden?.id}`)).toMatchObject({ status: 200 });
  expect(await ann(`GET /api/events/${hidden?.id}`)).toMatchObject(gone);
  expect(await ann(`DELETE /api/events/${hidden?.id}`)).toMatchObject(gone);
});

describe('an event', () => {
  const may = (actions: readonly ('read' | 'write' | 'delete')[], ...resources: string[]) => ({ resources, actions });
  const startWithEvents = async () => {
    const world = await startGuarded();
    for (const id of ['dev', 'prod']) await world.namespaceWith(id, 'build');
    const all = await listEvents(world.home);
    const of = (text: string) => `/api/events/${all.find(({ kind }) => JSON.stringify(kind).includes(text))?.id}`;
    return { ...world, of };
  };
  const forbidden = { status: 401, json: { error_code: 'forbidden' } };

  test('is deleted by those alone who may delete events where it happened', async () => {
    const { withPermissions, of } = await startWithEvents();
    const ann = await withPermissions(
      may(['read', 'delete'], 'namespaces:^dev$', 'pipelines', 'events'),
      may(['read'], 'namespaces:^prod$', 'pipelines', 'events'),
    );
    const [dev, prod] = [of('created_pipeline":{"namespace_id":"dev'), of('created_pipeline":{"namespace_id":"prod')];
    expect(await ann(`DELETE ${prod}`)).toMatchObject({
      ...forbidden,
      json: { message: expect.stringContaining('delete namespaces:prod, pipelines:build, events') },
    });
    expect(await ann(`GET ${prod}`)).toMatchObject({ status: 200 });
    expect(await ann(`DELETE ${dev}`)).toMatchObject({ status: 204 });
    expect(await ann(`GET ${dev}`)).toMatchObject({ status: 404 });
  });

  test('of a pipeline is not deleted by who may delete those of another', async () => {
    const { withPermissions, of } = await startWithEvents();
    const ann = await withPermissions(
      may(['read'], 'namespaces:^dev$', 'pipelines', 'events'),
      may(['delete'], 'namespaces:^dev$', 'pipelines:^other$', 'events'),
    );
    expect(await ann(`DELETE ${of('created_pipeline":{"namespace_id":"dev')}`)).toMatchObject(forbidden);
  });

  test('of a token is not deleted by who may only read of tokens', async () => {
    const { withPermissions, of, admin } = await startWithEvents();
    const ann = await withPermissions(
      may(['read', 'delete'], 'namespaces', 'pipelines', 'events'),
      may(['read'], 'tokens'),
    );
    const made = of('created_token');
    expect(await ann(`DELETE ${made}`)).toMatchObject(forbidden);
    expect(await admin(`DELETE ${made}`)).toMatchObject({ status: 204 });
  });
});

test('a stream of events shows no more of a namespace that its reader may read no longer', async () => {
  const { admin, withPermissions, home } = await startGuarded();
  const permissions = (namespaces: string) => [
    { resources: ['events', `namespaces:${namespaces}`], actions: ['read'] as const },
  ];
  const ann = await withPermissions(...permissions('.*'));
  const { result } = await ann('GET /api/events?history=true', { headers: { accept: 'text/event-stream' } });
  if (!result.stream || !('bytes' in result.stream)) throw new Error('this is no stream');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const left = new AbortController();
  const read = result.stream.bytes(left.signal)[Symbol.asyncIterator]();
  const readUntil = async (id: string) => {
    for (let text = ''; ; ) {
      text += Buffer.from((await read.next()).value ?? []).toString();
      if (text.includes(`"${id}"`)) return text;
    }
  };
  const create = (id: string) => createNamespace(home, { id, name: id, description: '' });
  await create('secret-one');
  await readUntil('secret-one');
  await admin('PATCH /api/roles/role-1', { body: { permissions: permissions('^open') } });
  await vi.advanceTimersByTimeAsync(14_000);
  await create('secret-two');
  await create('open-one');
  expect(await readUntil('open-one')).not.toContain('secret');
  left.abort();
  await read.return?.();
});
