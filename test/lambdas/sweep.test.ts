import { beforeEach, expect, test } from 'vitest';
import { createSweepHandler } from '../../lambdas/events/sweep.ts';
import { deploy } from '../../lib/deployment/deploy.ts';
import { ensureDefaultNamespace } from '../../lib/namespace/namespaces.ts';
import { getPipeline } from '../../lib/pipeline/pipelines.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import { configOf, createMemoryHome, type MemoryHome } from '../memory-home.ts';

const build = { namespace: 'default', pipeline: 'build' };
const never = () => new Promise<never>(() => {});

/** A deployment in the middle of which its worker died. */
let home: MemoryHome;
beforeEach(async () => {
  home = createMemoryHome();
  await ensureDefaultNamespace(home);
  await registerConfig(home, { ...build, config: configOf('build') });
  await new Promise<void>((dead) => {
    const ensure = () => {
      dead();
      return never();
    };
    void deploy({ ...home, machines: { ...home.machines, ensure } }, { ...build, version: 1 });
  });
  home.pass(121);
});

test('runs are looked after before anything is registered, which may take all the time there is', async () => {
  const calls: string[] = [];
  await new Promise<void>((registering) => {
    const containers: MemoryHome['containers'] = {
      ...home.containers,
      listAll: async () => {
        calls.push('runs');
        return [];
      },
      define: () => {
        registering();
        return never();
      },
    };
    void createSweepHandler({ ...home, containers })();
  });
  expect(calls).toEqual(['runs']);
});

test('what goes wrong with runs keeps no deployment from its end, and is told', async () => {
  const listAll = () => Promise.reject(new Error('throttled'));
  const sweep = createSweepHandler({ ...home, containers: { ...home.containers, listAll } });
  await expect(sweep()).rejects.toThrow('sweep: runs');
  expect((await getPipeline(home, 'default', 'build')).live).toBe(1);
});
