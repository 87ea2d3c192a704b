import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { wrapperPath } from '../../../lib/local/containers/process.ts';
import { write } from '../../../lib/local/containers/process-files.ts';
import { createContainers } from '../../../lib/local/containers/select.ts';
import { FileLogs } from '../../../lib/local/logs/logs.ts';
import { failure, readSecret, request } from '../../ports/container-requests.ts';
import { describeContainers } from '../../ports/containers.contract.ts';

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

  it('fail, and say why, when command and variables are larger than a process may have', async () => {
    const { start, end } = await create();
    const containers = await start(async () => {});
    const environment = { WIDE: 'x'.repeat(200_000) };
    const error = await failure(containers.runTask(await request(containers, 'wide', 'exit 0', { environment })));
    const task = JSON.parse(error.message);
    expect(task).toMatchObject({ StopCode: 'TaskFailedToStart' });
    expect(task.StoppedReason).toMatch(
      /^CannotStartContainerError: command and variables have 2\d+ bytes.*E2BIG.* largest is variable "WIDE" with 200006/,
    );
    await containers.close();
    await end();
  });

  it('do not begin with a part of their secrets', async () => {
    const { data, end } = await create();
    const job = { id: '0', group: 'contract_1/cut/1', cluster: '', definition: '', image: '', createdAt: 0 };
    const log = join(data, 'log');
    write(data, 'spec.json', { ...job, argv: ['true'], environment: {}, stopTimeout: 1, log });
    for (const input of ['', '{"PASS":"the \\"cana']) {
      spawnSync(process.execPath, [wrapperPath(), data], { input });
      expect(await readdir(data)).toEqual(['spec.json']);
    }
    await end();
  });
});
