import { describe, expect, test } from 'vitest';
import type { Permission } from '../../lib/access/permission.ts';
import { namesInPath } from '../../lib/api/access.ts';
import { operations } from '../../lib/api/operations.ts';
import { everyAction, startGuarded } from './world.ts';

const forbidden = { status: 401, json: { error_code: 'forbidden' } };

describe('every operation says what it needs', () => {
  test('only few need nothing', () => {
    const named = (access: string) =>
      operations.filter((each) => each.access === access).map((each) => each.operationId);
    expect(named('public').sort()).toEqual(['create_bootstrap_token', 'external_event', 'get_system_metadata']);
    expect(named('identified')).toEqual(['whoami']);
  });

  test('and all that its path lies in is asked for too', () => {
    for (const { path } of operations) {
      const names = [...namesInPath(path).keys()];
      expect([path, names.includes('namespaces')]).toEqual([path, path.includes('{namespace_id}')]);
      expect([path, names.includes('pipelines')]).toEqual([path, path.includes('{pipeline_id}')]);
    }
  });

  test('and which of the things it does that are all called "write" of runs', () => {
    const deeds = operations.flatMap(({ operationId, access }) =>
      typeof access === 'string' || access.resource !== 'runs' || access.action !== 'write'
        ? []
        : [[operationId, access.deed]],
    );
    expect(Object.fromEntries(deeds)).toEqual({
      start_run: 'start',
      cancel_run: 'cancel',
      cancel_task_execution: 'cancel',
      attach_task_execution: 'attach',
      create_attach_session: 'attach',
    });
  });

  const guarded = operations.filter(({ access }) => typeof access !== 'string');

  test.each(guarded)('$operationId turns away who has no role, with or without what it is about', async (operation) => {
    const { withRoles, api } = await startGuarded();
    const path = operation.path.replace(/\{\w+\}/g, '1');
    const { send } = await withRoles();
    expect(await send(`${operation.method} ${path}`)).toMatchObject(forbidden);
    expect(await api(`${operation.method} ${path}`)).toMatchObject({
      status: 401,
      json: { error_code: 'unauthenticated' },
    });
  });
});

describe('a role', () => {
  const pipelinesOf = (ns: string, action: 'GET' | 'POST' = 'GET') => `${action} /api/namespaces/${ns}/pipelines`;
  const start = (ns: string, pipeline = 'build') =>
    [`POST /api/namespaces/${ns}/pipelines/${pipeline}/runs`, { body: { variables: {} } }] as const;
  const world = async () => {
    const made = await startGuarded();
    await made.namespaceWith('dev-a', 'build', 'deploy');
    await made.namespaceWith('prod', 'build');
    return made;
  };

  test('allows what it names, where its patterns fit, and nothing else', async () => {
    const { withPermissions } = await world();
    const ann = await withPermissions({
      resources: ['namespaces:^dev-', 'pipelines:^build$', 'runs'],
      actions: ['read', 'write'],
    });
    expect(await ann(...start('dev-a'))).toMatchObject({ status: 201 });
    expect(await ann('GET /api/namespaces/dev-a/pipelines/build/runs/1')).toMatchObject({ status: 200 });
    for (const line of [
      'DELETE /api/namespaces/dev-a/pipelines/build',
      'GET /api/namespaces/dev-a/pipelines/build/configs',
      'GET /api/namespaces/dev-a/pipelines/deploy',
      'GET /api/namespaces/prod/pipelines/build',
      'GET /api/system',
      'GET /api/tokens',
      'GET /api/roles',
    ])
      expect([line, await ann(line)]).toMatchObject([line, forbidden]);
  });

  test('lets nobody tell what exists elsewhere from what doesn’t', async () => {
    const { withPermissions } = await world();
    const ann = await withPermissions({ resources: ['namespaces:^dev-', 'pipelines', 'runs'], actions: everyAction });
    const answers = async (ns: string, pipeline: string) => {
      const lines = [`/${pipeline}`, `/${pipeline}/runs/1`, ''].map(
        (rest) => `GET /api/namespaces/${ns}/pipelines${rest}`,
      );
      const got = await Promise.all(lines.map((line) => ann(line)));
      return got.map(({ status, json }) => [status, String(json['message']).replaceAll(/:[\w-]+/g, '')]);
    };
    expect(await answers('prod', 'build')).toEqual(await answers('nowhere', 'nothing'));
    const mistyped = await ann('GET /api/namespaces/dev-b');
    expect(mistyped).toMatchObject({ status: 404, json: { message: 'namespace "dev-b" does not exist' } });
  });

  test('shows of lists what it may read', async () => {
    const { withPermissions } = await world();
    const ann = await withPermissions({
      resources: ['namespaces:^dev-', 'pipelines:^build$', 'events'],
      actions: ['read'],
    });
    expect((await ann('GET /api/namespaces')).json).toMatchObject({ namespaces: [{ id: 'dev-a' }] });
    expect((await ann('GET /api/namespaces?offset=1')).json).toEqual({ namespaces: [] });
    expect((await ann(pipelinesOf('dev-a'))).json).toMatchObject({ pipelines: [{ pipeline_id: 'build' }] });
    expect(await ann(pipelinesOf('prod'))).toMatchObject(forbidden);
  });

  test('creates only what it could name', async () => {
    const { withPermissions } = await world();
    const ann = await withPermissions({ resources: ['namespaces:^dev-'], actions: ['write'] });
    const body = (id: string) => ({ body: { id, name: id, description: '' } });
    expect(await ann('POST /api/namespaces', body('dev-new'))).toMatchObject({ status: 201 });
    expect(await ann('POST /api/namespaces', body('prod-new'))).toMatchObject(forbidden);
    expect(await ann('POST /api/namespaces', body('prod'))).toMatchObject(forbidden);
    expect(await ann('POST /api/namespaces', { body: { id: 7 } })).toMatchObject({ status: 400 });
  });

  const runsOf = (ns: string, ...actions: Permission['actions']): Permission => ({
    resources: [`namespaces:^${ns}$`, 'pipelines', 'runs'],
    actions,
  });

  test('reads one namespace and writes another, never the other way round', async () => {
    const { withPermissions } = await world();
    const ann = await withPermissions(runsOf('prod', 'read'), runsOf('dev-a', 'read', 'write'));
    expect(await ann(...start('dev-a'))).toMatchObject({ status: 201 });
    expect(await ann(pipelinesOf('prod'))).toMatchObject({ status: 200 });
    expect(await ann(...start('prod'))).toMatchObject(forbidden);
  });

  test('isn’t widened by a permission beside it that is limited otherwise', async () => {
    const { withPermissions } = await world();
    const deployments = { ...runsOf('prod', 'write'), resources: ['namespaces:^prod$', 'pipelines', 'deployments'] };
    const ann = await withPermissions(runsOf('dev-a', 'write'), deployments);
    expect(await ann(...start('prod'))).toMatchObject(forbidden);
  });

  test('may say in one permission where, and in another what', async () => {
    const { withPermissions } = await world();
    const where = { resources: ['namespaces:^dev-'], actions: everyAction };
    const ann = await withPermissions(where, { resources: ['pipelines', 'runs'], actions: ['write'] });
    expect(await ann(...start('dev-a'))).toMatchObject({ status: 201 });
    expect(await ann(...start('prod'))).toMatchObject(forbidden);
  });

  test('is judged apart from the others of a token', async () => {
    const { admin, withRoles } = await world();
    const role = (id: string, ...resources: string[]) =>
      admin('POST /api/roles', { body: { id, description: '', permissions: [{ resources, actions: everyAction }] } });
    await role('where', 'namespaces:^prod$');
    await role('what', 'namespaces:^dev-', 'pipelines', 'runs');
    const { send } = await withRoles('where', 'what');
    expect(await send(...start('prod'))).toMatchObject(forbidden);
    expect(await send(...start('dev-a'))).toMatchObject({ status: 201 });
  });

  test('"user" works in the namespace "default" alone', async () => {
    const { withRoles } = await world();
    const { send } = await withRoles('user');
    expect((await send('GET /api/namespaces')).json).toMatchObject({ namespaces: [{ id: 'default' }] });
    expect(await send(pipelinesOf('dev-a'))).toMatchObject(forbidden);
  });
});

test('whoever may do something is answered by what is wrong, and nobody else', async () => {
  const { admin, withRoles } = await startGuarded();
  const sent = { raw: '{', headers: { 'content-type': 'application/json' } };
  expect(await admin('POST /api/roles', sent)).toMatchObject({ status: 400 });
  expect(await (await withRoles('user')).send('POST /api/roles', sent)).toMatchObject(forbidden);
});
