import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Docker from 'dockerode';
import { expect, onTestFinished, test } from 'vitest';
import { DockerEngine } from '../../../lib/local/containers/docker.ts';

const job = { id: '0'.repeat(32), group: 'default_site_1/build/1', cluster: 'gofer', definition: '', image: 'busybox' };

/** A Docker that leaves each stop to the test, and the engine that asks it. */
async function setup() {
  const asked: ServerResponse[] = [];
  const server = createServer((_request, response) => void asked.push(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const engine = new DockerEngine(new Docker({ host: '127.0.0.1', port, protocol: 'http' }), '', '');
  onTestFinished(() => {
    engine.close();
    server.closeAllConnections();
    server.close();
  });
  const times = (count: number) => expect.poll(() => asked.length, { timeout: 10_000, interval: 10 }).toBe(count);
  return { engine, asked, times };
}

const answer = (response: ServerResponse | undefined, status: number) => response?.writeHead(status).end();

test('a stop that Docker has not answered is not asked for again', async () => {
  const { engine, asked, times } = await setup();
  await engine.stop(job);
  await times(1);
  await engine.stop(job);
  await engine.stop({ ...job, id: '1'.repeat(32) });
  await times(2);
  answer(asked[0], 204);
  answer(asked[1], 204);
});

test('a stop is asked for again when its answer was lost or an error, until the container has ended', async () => {
  const { engine, asked, times } = await setup();
  await engine.stop(job);
  await times(1);
  asked[0]?.destroy();
  await times(2);
  answer(asked[1], 500);
  await times(3);
  answer(asked[2], 304);
});
