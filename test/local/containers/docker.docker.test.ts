import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createOptions } from '../../../lib/local/containers/docker-options.ts';
import { identityOf, jobId } from '../../../lib/local/containers/identity.ts';
import { jobOf, workOf } from '../../../lib/local/containers/request.ts';
import { createContainers } from '../../../lib/local/containers/select.ts';
import { FileLogs } from '../../../lib/local/logs/logs.ts';
import { failure, living, readSecret, request } from '../../ports/container-requests.ts';
import { describeContainers } from '../../ports/containers.contract.ts';

const docker = new Docker();

const containersOf = async (data: string) =>
  docker.listContainers({ all: true, filters: { label: [`gofer.data=${await identityOf(data)}`] } });

async function create() {
  const data = await mkdtemp(join(tmpdir(), 'gofer-docker-'));
  return {
    data,
    logs: new FileLogs(data),
    start: (emit: Parameters<typeof createContainers>[0]['emit']) =>
      createContainers({ kind: 'docker', data, emit, readSecret, notice: () => {} }),
    end: async () => {
      for (const { Id } of await containersOf(data))
        await docker
          .getContainer(Id)
          .remove({ force: true })
          .catch(() => {});
      await rm(data, { recursive: true, force: true });
    },
  };
}

describeContainers(create);

describe('Docker containers', () => {
  const setup = async () => {
    const { data, start, end } = await create();
    onTestFinished(end);
    const containers = await start(async () => {});
    onTestFinished(() => containers.close());
    return { data, containers };
  };

  it('are removed when their end has been told', async () => {
    const { data, containers } = await setup();
    await containers.runTask(await request(containers, 'gone', 'exit 0'));
    await expect.poll(() => containersOf(data), { timeout: 10_000, interval: 20 }).toEqual([]);
  });

  it('carry labels that say whose they are', async () => {
    const { data, containers } = await setup();
    const environment = {
      GOFER_NAMESPACE_ID: 'default',
      GOFER_PIPELINE_ID: 'site',
      GOFER_RUN_ID: '1',
      GOFER_TASK_ID: 'label',
    };
    const asked = await request(containers, 'label', 'sleep 60', { environment });
    const ended = failure(containers.runTask(asked));
    await expect.poll(() => containersOf(data), { timeout: 10_000, interval: 20 }).toHaveLength(1);
    const [container] = await containersOf(data);
    expect(container?.Labels).toEqual({
      'gofer.data': await identityOf(data),
      'gofer.id': expect.stringMatching(/^[0-9a-f]{32}$/),
      'gofer.group': 'contract_1/label/1',
      'gofer.cluster': 'gofer',
      'gofer.definition': asked.TaskDefinition,
      'gofer.namespace': 'default',
      'gofer.pipeline': 'site',
      'gofer.run': '1',
      'gofer.task': 'label',
      'gofer.launch': '1',
    });
    const [live] = await living(containers);
    await containers.stop(live?.arn ?? '', 'The test is over');
    await ended;
  });

  it('are limited to the memory that they ask for, and say when it was too little', async () => {
    const { containers } = await setup();
    const asked = await request(containers, 'greedy', 'head -c 200000000 /dev/zero | tail');
    const [container] = asked.Overrides?.ContainerOverrides ?? [];
    const limited = {
      ...asked,
      Overrides: { ContainerOverrides: [{ Name: 'task', ...container, Cpu: 256, Memory: 32 }] },
    };
    const task = JSON.parse((await failure(containers.runTask(limited))).message);
    expect(task.Containers[0]).toMatchObject({ ExitCode: 137, Reason: expect.stringMatching(/^OutOfMemoryError/) });
  });

  it('fail with the words of the engine when the image cannot be pulled', async () => {
    const { containers } = await setup();
    const asked = await request(containers, 'imageless', 'exit 0', { image: 'localhost:1/nothing:1' });
    const error = await failure(containers.runTask(asked));
    expect(error.name).toBe('States.TaskFailed');
    const task = JSON.parse(error.message);
    expect(task).toMatchObject({ StopCode: 'TaskFailedToStart' });
    expect(task.StoppedReason).toMatch(/^CannotPullContainerError: .*localhost:1/);
  });

  it('can be stopped while their image is being pulled', async () => {
    const { containers } = await setup();
    // A registry that takes the connection and never answers.
    const registry = createServer();
    const connections: Socket[] = [];
    registry.on('connection', (connection) => connections.push(connection));
    registry.listen(0, '127.0.0.1');
    await once(registry, 'listening');
    onTestFinished(() => {
      registry.close();
      for (const connection of connections) connection.destroy();
    });
    const { port } = registry.address() as AddressInfo;
    const asked = await request(containers, 'pulling', 'exit 0', { image: `localhost:${port}/slow:1` });
    const ended = failure(containers.runTask(asked));
    await once(registry, 'connection');
    const [pending] = await living(containers);
    expect(pending).toMatchObject({ lastStatus: 'PENDING' });
    await containers.stop(pending?.arn ?? '', 'Never mind');
    const task = JSON.parse((await ended).message);
    expect(task).toMatchObject({ StopCode: 'UserInitiated', StoppedReason: 'Never mind' });
    expect(task.Containers[0]).not.toHaveProperty('ExitCode');
  });

  it('that an earlier server made and did not start are started when they are asked for', async () => {
    const { data, start, end } = await create();
    onTestFinished(end);
    const earlier = await start(async () => {});
    const asked = await request(earlier, 'made', 'echo made; exit 5');
    const identity = await identityOf(data);
    const definition = { image: 'busybox:latest', architecture: 'x86_64', stopTimeout: 1, alwaysPull: false } as const;
    const work = workOf(asked, jobOf(asked, jobId(identity, asked.Group), definition), definition);
    await docker.createContainer(createOptions(work, identity, true));
    const containers = await start(async () => {});
    onTestFinished(() => containers.close());
    expect(await living(containers)).toMatchObject([{ group: asked.Group, lastStatus: 'PENDING' }]);
    const task = JSON.parse((await failure(containers.runTask(asked))).message);
    expect(task.Containers[0].ExitCode).toBe(5);
  });
});
