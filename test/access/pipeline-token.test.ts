import { describe, expect, test } from 'vitest';
import { sweepTokens } from '../../lib/access/expiry.ts';
import { ensurePipelineToken } from '../../lib/access/pipeline-token.ts';
import { deploy } from '../../lib/deployment/deploy.ts';
import { deletePipeline } from '../../lib/pipeline/delete.ts';
import { getPipeline } from '../../lib/pipeline/pipelines.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import { checkPipeline } from '../../lib/pipeline/schema.ts';
import { apiTokenName } from '../../lib/secret/name.ts';
import { pipelineTokenKey } from '../../lib/store/items/access.ts';
import { configOf, createMemoryHome, dyingTable, type MemoryHome } from '../memory-home.ts';
import { startGuarded } from './world.ts';

const owner = { namespace: 'default', pipeline: 'build' };
const name = apiTokenName(owner);
const day = 86_400;
const tasks = [{ id: 'only', image: 'busybox', command: ['true'], inject_api_token: true }];

async function startOnAws(inject = true) {
  const taskRoles = { account: 'arn:aws:iam::123456789012:role', allowed: [] };
  const home = createMemoryHome({ settings: { kind: 'aws', maxTimeout: 2 * day, taskRoles } });
  const world = await startGuarded(home);
  const asked = tasks.map((task) => ({ ...task, inject_api_token: inject }));
  await registerConfig(home, { ...owner, config: configOf('build', 'busybox', { tasks: asked }) });
  const up = (on: MemoryHome = home) => deploy(on, { ...owner, version: 1 });
  const start = () => world.admin('POST /api/namespaces/default/pipelines/build/runs', { body: { variables: {} } });
  const isGood = async (secret: string) =>
    (await world.as(secret)('GET /api/namespaces/default/pipelines/build')).status === 200;
  return { ...world, home, up, start, isGood };
}

describe('the token of a pipeline on AWS', () => {
  test('is among its secrets once it is deployed, and good while it runs', async () => {
    const { home, up, start, isGood } = await startOnAws();
    await up();
    const secret = home.secrets.values.get(name) ?? '';
    expect(await isGood(secret)).toBe(false);
    expect(await start()).toMatchObject({ status: 201 });
    expect(await isGood(secret)).toBe(true);
    await up();
    expect(home.secrets.values.get(name)).toBe(secret);
  });

  test('is not made for pipelines that ask for none', async () => {
    const { home, up } = await startOnAws(false);
    await up();
    expect(home.secrets.values.size).toBe(0);
  });

  test('is another one each day, and the one before lasts as long as a container that has it', async () => {
    const { home, up, start, isGood } = await startOnAws();
    await up();
    await start();
    const first = home.secrets.values.get(name) ?? '';
    await sweepTokens(home);
    expect(home.secrets.values.get(name)).toBe(first);
    home.pass(day + 1);
    await sweepTokens(home);
    await sweepTokens(home);
    const second = home.secrets.values.get(name) ?? '';
    expect(second).not.toBe(first);
    expect([await isGood(first), await isGood(second)]).toEqual([true, true]);
    home.pass(2 * day);
    expect([await isGood(first), await isGood(second)]).toEqual([false, true]);
    await sweepTokens(home);
    home.pass(day);
    await sweepTokens(home);
    expect(await home.table.query('INJECTED_TOKENS')).toHaveLength(2);
    expect(await home.table.query('TOKEN_EXPIRIES')).toHaveLength(3);
  });

  test('goes with its pipeline', async () => {
    const { home, up } = await startOnAws();
    await up();
    await deletePipeline(home, 'default', 'build');
    expect(home.secrets.values.size).toBe(0);
    home.pass(10 * day);
    expect(await sweepTokens(home)).toMatchObject({ errors: [] });
    expect(home.secrets.values.size).toBe(0);
    expect(await home.table.query('TOKEN_EXPIRIES')).toEqual([]);
  });

  test('stays with a pipeline that was made again under the name, whatever was still on its way', async () => {
    const { home, up, start, isGood } = await startOnAws();
    await up();
    home.pass(day + 1);
    const { uid: old } = await getPipeline(home, 'default', 'build');
    const again = async () => {
      await deletePipeline(home, 'default', 'build');
      await registerConfig(home, { ...owner, config: configOf('build', 'busybox', { tasks }) });
      await up();
    };
    // In the middle of its renewal.
    let once: (() => Promise<void>) | undefined = again;
    const put = async (key: string, value: string) => {
      const meanwhile = once;
      once = undefined;
      await meanwhile?.();
      await home.secrets.put(key, value);
    };
    expect(await sweepTokens({ ...home, secrets: { ...home.secrets, put } })).toMatchObject({ errors: [] });
    expect(once).toBeUndefined();
    expect(await start()).toMatchObject({ status: 201 });
    expect(await isGood(home.secrets.values.get(name) ?? '')).toBe(true);
    expect(await home.table.get(pipelineTokenKey(old))).toBeUndefined();
  });

  test('does not come back with a run of a pipeline that was deleted', async () => {
    const { home, up } = await startOnAws();
    await up();
    const { uid } = await getPipeline(home, 'default', 'build');
    await deletePipeline(home, 'default', 'build');
    await ensurePipelineToken(home, { ...owner, uid }, checkPipeline(configOf('build', 'busybox', { tasks })));
    expect(home.secrets.values.size).toBe(0);
    expect(await home.table.get(pipelineTokenKey(uid))).toBeUndefined();
  });

  test('is there in the end, and renewed by one alone, wherever a renewal died', async () => {
    for (let fatal = 1; ; fatal++) {
      const { home, up } = await startOnAws();
      await up();
      home.pass(day + 1);
      const table = dyingTable(home.table, fatal);
      await sweepTokens({ ...home, table }).catch(() => undefined);
      await sweepTokens(home);
      await sweepTokens(home);
      const secret = home.secrets.values.get(name);
      home.pass(day);
      await sweepTokens(home);
      expect(home.secrets.values.get(name)).not.toBe(secret);
      const due = await home.table.query('TOKEN_EXPIRIES');
      expect(due.filter((item) => item['renews'])).toHaveLength(1);
      if (!table.died()) break;
    }
  });
});
