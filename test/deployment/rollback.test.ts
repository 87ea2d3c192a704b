import { beforeEach, describe, expect, test } from 'vitest';
import { deploy, rollback } from '../../lib/deployment/deploy.ts';
import { deleteVersion } from '../../lib/pipeline/versions.ts';
import type { MemoryHome } from '../memory-home.ts';
import { build, freshHome, states, to } from './three-versions.ts';

let home: MemoryHome;
beforeEach(async () => {
  home = await freshHome();
});

describe('rollback', () => {
  test('deploys the version that was live before', async () => {
    for (const version of [1, 3]) await deploy(home, to(version));
    expect(await rollback(home, build)).toMatchObject({ start_version: 3, end_version: 1 });
    expect(await states(home)).toEqual(['live', 'unreleased', 'deprecated']);
  });

  test('passes over deployments of the live version, failed ones and deleted versions', async () => {
    let broken = false;
    const home = await freshHome({
      onEnsure: () => {
        if (broken) throw new Error('no such role');
      },
    });
    for (const version of [1, 2, 3, 3]) await deploy(home, to(version));
    broken = true;
    await deploy(home, to(2));
    broken = false;
    await deleteVersion(home, to(2));
    expect(await rollback(home, build)).toMatchObject({ start_version: 3, end_version: 1 });
  });

  test('is refused when nothing was live before', async () => {
    await expect(rollback(home, build)).rejects.toThrow('nothing is live');
    await deploy(home, to(2));
    await expect(rollback(home, build)).rejects.toThrow('no version was live before 2');
    await expect(rollback(home, { ...build, pipeline: 'other' })).rejects.toMatchObject({ status: 404 });
  });
});
