import { beforeEach, describe, expect, test } from 'vitest';
import { deploy } from '../../lib/deployment/deploy.ts';
import { deleteVersion } from '../../lib/pipeline/versions.ts';
import { startRun } from '../../lib/run/start.ts';
import type { MemoryHome } from '../memory-home.ts';
import { build, freshHome, states, to } from './three-versions.ts';

let home: MemoryHome;
beforeEach(async () => {
  home = await freshHome();
});

describe('a version can not be deleted', () => {
  test('while it is live', async () => {
    await deploy(home, to(1));
    await expect(deleteVersion(home, to(1))).rejects.toMatchObject({ status: 409 });
    await deploy(home, to(2));
    await deleteVersion(home, to(1));
  });

  test('while a run of it is not over', async () => {
    await deploy(home, to(1));
    const runs = Array.from({ length: 2 }, () =>
      startRun(home, { ...build, variables: {}, initiator: { id: 'test', user: 'test' } }),
    );
    await Promise.all(runs);
    await deploy(home, to(2));
    await expect(deleteVersion(home, to(1))).rejects.toThrow('is used by run 1, 2');
  });

  test('while it is being deployed', async () => {
    await deploy(home, to(1));
    let deleted: Promise<void> | undefined;
    const machines = {
      ...home.machines,
      ensure: async () => {
        deleted ??= deleteVersion(home, to(2));
        await deleted.catch(() => {});
      },
    };
    await deploy({ ...home, machines }, to(2));
    await expect(deleted).rejects.toThrow('is being deployed');
    expect(await states(home)).toEqual(['deprecated', 'live', 'unreleased']);
  });
});
