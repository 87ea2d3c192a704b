import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createContainers } from '../../../lib/local/containers/select.ts';
import { request } from '../../ports/container-requests.ts';

describe('without Docker', () => {
  beforeEach(() => {
    // Port 1 takes no connection.
    vi.stubEnv('DOCKER_HOST', 'tcp://127.0.0.1:1');
    return () => vi.unstubAllEnvs();
  });

  const create = async (kind: 'auto' | 'docker', notice = (_: string) => {}) => {
    const data = await mkdtemp(join(tmpdir(), 'gofer-select-'));
    onTestFinished(() => rm(data, { recursive: true, force: true }));
    return createContainers({ kind, data, emit: async () => {}, readSecret: async () => undefined, notice });
  };

  it('"auto" runs tasks as processes, and says so', async () => {
    const notices: string[] = [];
    const containers = await create('auto', (text) => void notices.push(text));
    onTestFinished(() => containers.close());
    await containers.runTask(await request(containers, 'here', 'exit 0'));
    expect(notices).toEqual([expect.stringContaining('tasks run as processes')]);
  });

  it('"docker" is refused with what to do', async () => {
    await expect(create('docker')).rejects.toThrow(/Docker does not answer .*DOCKER_HOST is "tcp:\/\/127.0.0.1:1"/);
  });
});
