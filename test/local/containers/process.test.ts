import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createContainers } from '../../../lib/local/containers/select.ts';
import { FileLogs } from '../../../lib/local/logs/logs.ts';
import { describeContainers, failure, readSecret, request } from '../../ports/containers.contract.ts';

async function create() {
  const data = await mkdtemp(join(tmpdir(), 'gofer-process-'));
  return {
    data,
    logs: new FileLogs(data),
    start: (emit: Parameters<typeof createContainers>[0]['emit']) =>
      createContainers({ kind: 'process', data, emit, readSecret, notice: () => {} }),
    end: () => rm(data, { recursive: true, force: true, maxRetries: 5 }),
  };
}

describeContainers(create);

describe('processes', () => {
  it('get only HOME, PATH and their own variables', async () => {
    const { data, logs, start, end } = await create();
    const containers = await start(async () => {});
    await containers.runTask(await request(containers, 'env', ['env'], { environment: { OWN: 'yes' } }));
    const names: string[] = [];
    for await (const { data } of logs.read({ run: 'contract_1', task: 'env', launch: 1 })) {
      names.push(Buffer.from(data).toString().replace(/=.*/, ''));
    }
    expect(names.sort()).toEqual(['HOME', 'OWN', 'PATH']);
    await containers.close();
    expect(await readdir(join(data, 'scratch'))).toEqual([]);
    await end();
  });

  it('need a command, since the image is ignored', async () => {
    const { start, end } = await create();
    const containers = await start(async () => {});
    const error = await failure(containers.runTask(await request(containers, 'idle', [])));
    expect(JSON.parse(error.message).StoppedReason).toContain('no command');
    await containers.close();
    await end();
  });
});
