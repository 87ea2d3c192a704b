import { describe, expect, test } from 'vitest';
import { sweepTokens } from '../../lib/access/expiry.ts';
import { inject, injectIntoRun } from '../../lib/access/injected.ts';
import { cancelRun } from '../../lib/run/cancel.ts';
import { getRun } from '../../lib/run/runs.ts';
import { releaseSlot } from '../../lib/run/settle.ts';
import { groupOf } from '../../lib/task/group.ts';
import { configOf } from '../memory-home.ts';
import { startGuarded } from './world.ts';

const start = 'POST /api/namespaces/web/pipelines/build/runs';

async function startRunning() {
  const world = await startGuarded();
  const { home, admin, namespaceWith } = world;
  await namespaceWith('web', 'build', 'other');
  await admin(start, { body: { variables: {} } });
  const run = () => getRun(home, { namespace: 'web', pipeline: 'build', number: 1 });
  const { uid } = await run();
  const group = groupOf({ uid, number: 1, task: 'only', launch: 1 });
  const end = async () => {
    await cancelRun(home, await run(), 'user');
    expect((await run()).state).toBe('complete');
    await releaseSlot(home, await run());
  };
  return { ...world, uid, group, end };
}

describe('the token of a run', () => {
  const ofRun = async () => {
    const world = await startRunning();
    const secret = await injectIntoRun(world.home, world.group);
    return { ...world, secret: secret ?? '', task: world.as(secret ?? '') };
  };

  test('opens its own pipeline', async () => {
    const { task } = await ofRun();
    const path = '/api/namespaces/web/pipelines/build';
    for (const line of [`GET ${path}`, `GET ${path}/runs/1`, `GET ${path}/runs/1/tasks`, `GET ${path}/configs`])
      expect([line, await task(line)]).toMatchObject([line, { status: 200 }]);
    const started = await task(start, { body: { variables: {} } });
    expect(started).toMatchObject({ status: 201, json: { run: { initiator: { user: 'pipeline web/build' } } } });
    expect((await task('GET /api/tokens/whoami')).json).toMatchObject({ token: { user: 'pipeline web/build' } });
  });

  const inside = '/api/namespaces/web/pipelines/build';
  const task1 = `${inside}/runs/1/tasks/only`;

  test('works with its configs, runs and objects', async () => {
    const { task } = await ofRun();
    const body = (image: string) => ({ config: configOf('build', image) });
    for (const [line, sent, status] of [
      [`POST ${inside}/configs`, { body: body('alpine') }, 201],
      [`POST ${inside}/configs`, { body: body('debian') }, 201],
      [`DELETE ${inside}/configs/2`, {}, 204],
      [`GET ${inside}/deployments`, {}, 200],
      [`POST ${inside}/objects/report`, { raw: 'one' }, 201],
      [`DELETE ${inside}/objects/report`, {}, 204],
      [`POST ${inside}/runs/1/objects/report`, { raw: 'one' }, 201],
      [`DELETE ${inside}/runs/1/objects/report`, {}, 204],
      [`GET ${inside}/subscriptions`, {}, 200],
      [start, { body: { variables: {} } }, 201],
      [`DELETE ${inside}/runs/2`, {}, 204],
    ] as const)
      expect([line, await task(line, sent)]).toMatchObject([line, { status }]);
  });

  test.each([
    [`GET ${inside}/secrets`],
    [`POST ${inside}/secrets`, { key: 'password', content: 'mine', force: true }],
    [`GET ${inside}/secrets/password`],
    [`GET ${inside}/secrets/password?include_secret=true`],
    [`DELETE ${inside}/secrets/password`],
    ['GET /api/secrets/global'],
    ['POST /api/secrets/global', { key: 'password', namespaces: ['.*'], content: 'mine', force: true }],
    ['GET /api/secrets/global/password?include_secret=true'],
    ['DELETE /api/secrets/global/password'],
    [`GET ${task1}/attach?command=sh`],
    [`POST ${task1}/attach`, { command: 'sh' }],
    [`DELETE ${task1}/logs`],
    [`POST ${inside}/configs/1`],
    [`POST ${inside}/deployments/rollback`],
    [`PATCH ${inside}`, { state: 'disabled' }],
    ['POST /api/tokens', { user: 'mine', roles: [], expires: 0 }],
  ])('is refused %s', async (line, body?: object) => {
    const { task } = await ofRun();
    expect(await task(line, { body })).toMatchObject({ status: 401, json: { error_code: 'forbidden' } });
  });

  test('opens nothing else', async () => {
    const { task } = await ofRun();
    for (const line of [
      'GET /api/namespaces',
      'GET /api/namespaces/web',
      'GET /api/namespaces/web/pipelines',
      'GET /api/namespaces/web/pipelines/other',
      'GET /api/namespaces/default/pipelines/build',
      'DELETE /api/namespaces/web/pipelines/build',
      'GET /api/system',
      'GET /api/tokens',
      'GET /api/roles',
    ])
      expect([line, await task(line)]).toMatchObject([line, { status: 401, json: { error_code: 'forbidden' } }]);
  });

  test('sees its pipeline’s events alone', async () => {
    const { task } = await ofRun();
    const { events } = (await task('GET /api/events?kinds=extended')).json as { events: { kind: object }[] };
    expect(events.length).toBeGreaterThan(0);
    for (const { kind } of events) expect(Object.values(kind)).toMatchObject([{ pipeline_id: 'build' }]);
  });

  test('ends with the run, whatever else of the pipeline runs', async () => {
    const { task, admin, end, home, group } = await ofRun();
    await admin(start, { body: { variables: {} } });
    await end();
    expect(await task('GET /api/tokens/whoami')).toMatchObject({ status: 401 });
    expect(await injectIntoRun(home, group)).toBeUndefined();
  });

  test('is in no list, and its secret is nowhere', async () => {
    const { admin, home, secret, uid } = await ofRun();
    expect(JSON.stringify((await admin('GET /api/tokens')).json)).not.toContain('pipeline web/build');
    for (const partition of ['INJECTED_TOKENS', 'TOKEN_EXPIRIES', `PIPELINE#${uid}`])
      expect(JSON.stringify(await home.table.query(partition))).not.toContain(secret.slice(6, 40));
  });

  test('is removed when no container can have it any more', async () => {
    const { home } = await ofRun();
    home.pass(6 * 86_400);
    expect(await sweepTokens(home)).toMatchObject({ done: 0, errors: [] });
    home.pass(2 * 86_400);
    expect(await sweepTokens(home)).toMatchObject({ done: 1, errors: [] });
    expect(await home.table.query('INJECTED_TOKENS')).toEqual([]);
  });
});

describe('the token of a pipeline', () => {
  test('is good while any of its runs runs', async () => {
    const { home, as, uid, end, admin } = await startRunning();
    const task = as(await inject(home, { namespace: 'web', pipeline: 'build', uid }, 3_600));
    expect(await task('GET /api/namespaces/web/pipelines/build')).toMatchObject({ status: 200 });
    expect(await task('GET /api/namespaces/web/pipelines/other')).toMatchObject({ status: 401 });
    await end();
    expect(await task('GET /api/tokens/whoami')).toMatchObject({ status: 401 });
    await admin(start, { body: { variables: {} } });
    expect(await task('GET /api/tokens/whoami')).toMatchObject({ status: 200 });
  });

  test('is not that of another pipeline of the same name', async () => {
    const { home, as } = await startRunning();
    const task = as(await inject(home, { namespace: 'web', pipeline: 'build', uid: 'before' }, 3_600));
    expect(await task('GET /api/tokens/whoami')).toMatchObject({ status: 401 });
  });
});
