import { beforeEach, describe, expect, test } from 'vitest';
import { deploy, rollback } from '../../lib/deployment/deploy.ts';
import { listDeployments } from '../../lib/deployment/deployments.ts';
import { finishDeployment } from '../../lib/deployment/finish.ts';
import { ensureDefaultNamespace } from '../../lib/namespace/namespaces.ts';
import { deletePipeline } from '../../lib/pipeline/delete.ts';
import { getPipeline, pipelineView, setPipelineState } from '../../lib/pipeline/pipelines.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import { deleteVersion, getVersion } from '../../lib/pipeline/versions.ts';
import { startRun } from '../../lib/run/start.ts';
import { deploymentKey } from '../../lib/store/items/version.ts';
import { createMemoryTable } from '../../lib/store/memory.ts';
import { configOf, createMemoryHome, dyingAtEachWrite, interleavedTable, seeds } from '../memory-home.ts';
import { ask, requestOf, send } from './cloud-formation.ts';

const v1 = configOf('nightly', 'busybox:1');
const v2 = configOf('nightly', 'busybox:2');
const nightly = { namespace: 'default', pipeline: 'nightly' };

let home = createMemoryHome({ settings: { kind: 'aws' } });
beforeEach(async () => {
  home = createMemoryHome({ settings: { kind: 'aws' } });
  await ensureDefaultNamespace(home);
});

const pipeline = () => getPipeline(home, 'default', 'nightly');
const states = async () =>
  (await listDeployments(home, nightly)).map(({ status, end_version }) => [end_version, status]);

describe('a pipeline of a stack', () => {
  test('is registered, deployed and managed when the resource is created', async () => {
    expect(await ask(home, { config: v1 })).toEqual({
      Status: 'SUCCESS',
      PhysicalResourceId: 'default/nightly',
      Reason: 'version 1 of pipeline "nightly" is live',
    });
    expect(await pipeline()).toMatchObject({ live: 1, state: 'active', managed_by: { stack: 'Data' } });
    expect(pipelineView(await pipeline())).toMatchObject({ managed_by: { stack: 'Data' } });
  });

  test('runs on the machine that the stack made, under the name that the stack gave it', async () => {
    const request = requestOf({ config: v1 });
    await send(home, request);
    expect(await getVersion(home, await pipeline(), 1)).toMatchObject({
      machine: request.ResourceProperties['Machine'],
    });
    expect([...home.ensured]).toEqual([request.ResourceProperties['Machine']]);
    const run = await startRun(home, { ...nightly, variables: {}, initiator: { id: 'me', user: 'me' } });
    expect(run.machine).toBe(request.ResourceProperties['Machine']);
  });

  test('never runs another definition under the name of a machine', async () => {
    const request = requestOf({ config: v1 });
    const machine = 'gofer_0123456789ab_00000000000000000000000000000000';
    await send(home, { ...request, ResourceProperties: { ...request.ResourceProperties, Machine: machine } });
    expect([...home.ensured]).toEqual([expect.stringMatching(/^gofer_(?!0123456789ab)\w{12}_/)]);
  });

  test('has its namespace created when it is missing', async () => {
    expect(await ask(home, { config: v1, namespace: 'team-x' })).toMatchObject({
      PhysicalResourceId: 'team-x/nightly',
    });
    expect(await getPipeline(home, 'team-x', 'nightly')).toMatchObject({ live: 1 });
  });

  test('gets a new version by an update, and the old one again by its rollback', async () => {
    await ask(home, { config: v1 });
    await ask(home, { type: 'Update', config: v2 });
    expect(await pipeline()).toMatchObject({ live: 2, last_version: 2 });
    await ask(home, { type: 'Update', config: v1 });
    expect(await pipeline()).toMatchObject({ live: 1, last_version: 2 });
  });

  test('finds old content among many versions', async () => {
    for (const n of seeds(13)) await ask(home, { type: 'Update', config: configOf('nightly', `busybox:${n}`) });
    await ask(home, { type: 'Update', config: configOf('nightly', 'busybox:2') });
    expect(await pipeline()).toMatchObject({ live: 2, last_version: 13 });
  });

  test('keeps the switch that an operator has set when it is updated', async () => {
    await ask(home, { config: v1 });
    await setPipelineState(home, { ...nightly, state: 'disabled' });
    await ask(home, { type: 'Update', config: v2 });
    expect(await pipeline()).toMatchObject({ live: 2, state: 'disabled' });
  });

  test('that the API made before is taken over with its uid and versions', async () => {
    await registerConfig(home, { ...nightly, config: v1 });
    await deploy(home, { ...nightly, version: 1 });
    const { uid } = await pipeline();
    await ask(home, { config: v2 });
    expect(await pipeline()).toMatchObject({ uid, live: 2, managed_by: { stack: 'Data', resource: 'Nightly1A2B' } });
  });

  test('that the API scheduled is started by the rules of the stack from then on', async () => {
    const scheduled = configOf('nightly', 'busybox:1', { schedule: '0 3 * * *' });
    await registerConfig(home, { ...nightly, config: scheduled });
    await deploy(home, { ...nightly, version: 1 });
    const { uid } = await pipeline();
    expect(home.scheduled.get(uid)).toHaveLength(1);
    await ask(home, { config: scheduled });
    expect(home.scheduled.get(uid) ?? []).toEqual([]);
  });

  test('of one stack is refused to another, which is told what to do', async () => {
    await ask(home, { config: v1 });
    expect(await ask(home, { config: v2, stack: 'Other' })).toEqual({
      Status: 'FAILED',
      PhysicalResourceId: 'default/nightly',
      Reason: 'pipeline "nightly" is managed by stack "Data"; remove it there first, then deploy stack "Other"',
    });
    expect(await pipeline()).toMatchObject({ live: 1, managed_by: { stack: 'Data' } });
  });
});

describe('removing it from the stack', () => {
  test('disables it, keeps its records and gives it back to the API', async () => {
    await ask(home, { config: v1 });
    await ask(home, { type: 'Delete', config: v1 });
    const left = await pipeline();
    expect(left).toMatchObject({ state: 'disabled', live: 1 });
    expect(left.managed_by).toBeUndefined();
    await registerConfig(home, { ...nightly, config: v2 });
    await deletePipeline(home, 'default', 'nightly');
  });

  test('and adding it again takes it up where it was', async () => {
    await ask(home, { config: v1 });
    const { uid } = await pipeline();
    await ask(home, { type: 'Delete', config: v1 });
    await ask(home, { config: v1 });
    expect(await pipeline()).toMatchObject({ uid, live: 1, state: 'active', managed_by: { stack: 'Data' } });
    expect(await states()).toEqual([[1, 'successful']]);
  });

  test('means nothing when the construct was only renamed', async () => {
    await ask(home, { config: v1, resource: 'Nightly1A2B' });
    await ask(home, { config: v1, resource: 'EveryNight3C4D' });
    await ask(home, { type: 'Delete', config: v1, resource: 'Nightly1A2B' });
    expect(await pipeline()).toMatchObject({ state: 'active', managed_by: { resource: 'EveryNight3C4D' } });
  });

  test('of what was never there is done', async () => {
    expect(await ask(home, { type: 'Delete', config: v1 })).toMatchObject({ Status: 'SUCCESS' });
  });
});

describe('a version that can not be made ready', () => {
  test('leaves the old one live and tells the reason, so that CloudFormation rolls back', async () => {
    let broken = false;
    home = createMemoryHome({
      table: home.table,
      onEnsure: () => {
        if (broken) throw new Error('the quota of state machines is used up');
      },
    });
    await ask(home, { config: v1 });
    broken = true;
    const bigger = configOf('nightly', 'busybox:2', { tasks: [{ id: 'more', image: 'busybox' }] });
    expect(await ask(home, { type: 'Update', config: bigger })).toMatchObject({
      Status: 'FAILED',
      Reason:
        'version 2 of pipeline "nightly" can not be deployed: the quota of state machines is used up; version 1 stays live',
    });
    expect(await ask(home, { type: 'Update', config: v1 })).toMatchObject({ Status: 'SUCCESS' });
    expect(await pipeline()).toMatchObject({ live: 1, managed_by: { stack: 'Data' } });
  });

  test('of a new pipeline leaves it disabled and nobody’s', async () => {
    const onEnsure = () => {
      throw new Error('no role');
    };
    home = createMemoryHome({ table: home.table, onEnsure });
    expect(await ask(home, { config: v1 })).toMatchObject({ Status: 'FAILED' });
    await ask(home, { type: 'Delete', config: v1 });
    const left = await pipeline();
    expect(left.state).toBe('disabled');
    expect(left.managed_by).toBeUndefined();
  });

  test('is told with every problem when it is the config that is wrong', async () => {
    const wrong = { id: 'nightly', tasks: [{ id: 'a', image: 'busybox', depends_on: { b: 'success' } }] };
    const request = requestOf({ config: v1 });
    const Config = `https://s3.eu-central-1.amazonaws.com/assets/${encodeURIComponent(JSON.stringify(wrong))}`;
    const answer = await send(home, { ...request, ResourceProperties: { ...request.ResourceProperties, Config } });
    expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('"b"') });
  });
});

describe('the API', () => {
  const refusal =
    'pipeline "nightly" is managed by stack "Data": change it in that CDK app and run "cdk deploy Data"; only enabling and disabling it are done here';

  beforeEach(async () => {
    await ask(home, { config: v1 });
    await ask(home, { type: 'Update', config: v2 });
  });

  test.each([
    ['register', () => registerConfig(home, { ...nightly, config: v1 })],
    ['deploy', () => deploy(home, { ...nightly, version: 1 })],
    ['roll back', () => rollback(home, nightly)],
    ['delete a version', () => deleteVersion(home, { ...nightly, version: 1 })],
    ['delete', () => deletePipeline(home, 'default', 'nightly')],
  ])('may not %s what a stack manages', async (_, attempt) => {
    await expect(attempt()).rejects.toMatchObject({ status: 409, message: refusal });
    expect(await pipeline()).toMatchObject({ live: 2, last_version: 2, state: 'active' });
  });

  test('may switch it off and on: that is a matter of operation', async () => {
    await setPipelineState(home, { ...nightly, state: 'disabled' });
    await setPipelineState(home, { ...nightly, state: 'active' });
    expect(await pipeline()).toMatchObject({ state: 'active', managed_by: { stack: 'Data' } });
  });
});

test('a deployment that the API began before the stack took the pipeline fails once it is taken', async () => {
  await registerConfig(home, { ...nightly, config: v1 });
  await deploy(home, { ...nightly, version: 1 });
  const { uid } = await pipeline();
  await ask(home, { config: v2 });
  const late = { id: 9, ...nightly, uid, start_version: 2, end_version: 1, started: 1, ended: 0 };
  await home.table.put({ ...deploymentKey(uid, 9), ...late, state: 'running', status: 'unknown', sweep: 'deployment' });
  await finishDeployment(home, { uid, id: 9 });
  expect((await states()).at(-1)).toEqual([1, 'failed']);
  expect(await pipeline()).toMatchObject({ live: 2 });
});

describe('requests', () => {
  test('that come twice are carried out once, and answered alike', async () => {
    const request = requestOf({ config: v1 });
    expect(await send(home, request)).toEqual(await send(home, request));
    expect(await states()).toEqual([[1, 'successful']]);
  });

  test('that come again after others have no effect', async () => {
    const created = requestOf({ config: v1 });
    const deleted = requestOf({ type: 'Delete', config: v1 });
    await send(home, created);
    await send(home, deleted);
    await ask(home, { config: v2 });
    for (const late of [created, deleted]) expect(await send(home, late)).toMatchObject({ Status: 'SUCCESS' });
    expect(await pipeline()).toMatchObject({ live: 2, state: 'active', managed_by: { stack: 'Data' } });
  });

  test.each(seeds(20))('that come twice at the same moment end alike (%i)', async (seed) => {
    const table = interleavedTable(createMemoryTable(), seed);
    home = createMemoryHome({ table, seed });
    await ensureDefaultNamespace(home);
    for (const [type, config] of [
      ['Create', v1],
      ['Update', v2],
      ['Update', v1],
      ['Delete', v1],
    ] as const) {
      const request = requestOf({ type, config });
      const answers = await Promise.all([send(home, request), send(home, request)]);
      expect(answers.map((answer) => answer?.Status)).toEqual(['SUCCESS', 'SUCCESS']);
    }
    expect(await pipeline()).toMatchObject({ live: 1, state: 'disabled', last_version: 2 });
  });

  test.each([
    ['Create', [], { live: 1, state: 'active', managed_by: { stack: 'Data' } }],
    ['Update', ['Create'], { live: 2, state: 'active', managed_by: { stack: 'Data' } }],
    ['Delete', ['Create', 'Update'], { live: 2, state: 'disabled' }],
  ] as const)(
    'whose function dies between any two writes are repeated and come through: %s',
    async (type, before, end) => {
      const request = (type: 'Create' | 'Update' | 'Delete') =>
        requestOf({ type, config: type === 'Create' ? v1 : v2 });
      const dying = request(type);
      const deaths = await dyingAtEachWrite(
        async (mine) => {
          await ensureDefaultNamespace(mine);
          for (const each of before) await send(mine, request(each));
        },
        async (mine) => {
          // The process dies with its table: a failure that it would tell is none that CloudFormation hears.
          const answer = await send(mine, dying);
          if (answer?.Status === 'FAILED') throw new Error(answer.Reason);
        },
        async (mine) => {
          expect(await send(mine, dying)).toMatchObject({ Status: 'SUCCESS' });
          expect(await getPipeline(mine, 'default', 'nightly')).toMatchObject(end);
        },
      );
      expect(deaths).toBeGreaterThan(1);
    },
  );
});
