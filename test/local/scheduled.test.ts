import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deploy } from '../../lib/deployment/deploy.ts';
import { type DevServer, startDev } from '../../lib/local/dev.ts';
import type { LocalSchedules } from '../../lib/local/schedules.ts';
import { setPipelineState } from '../../lib/pipeline/pipelines.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import { listRuns } from '../../lib/run/runs.ts';
import { configOf } from '../memory-home.ts';

const often = { namespace: 'default', pipeline: 'often' };

let data: string;
let server: DevServer;
let notices: string[];
const start = () =>
  startDev({
    host: '127.0.0.1',
    port: 0,
    data,
    containers: 'process',
    auth: false,
    notice: (line) => notices.push(line),
  });
/** The server's own clock, told that so many minutes have passed. */
const tick = (minutes: number) => (server.home.schedules as LocalSchedules).tick(Date.now() + minutes * 60_000);
const started = async () => (await listRuns(server.home, 'default', 'often', {})).length;

beforeEach(async () => {
  notices = [];
  data = await mkdtemp(join(tmpdir(), 'gofer-schedules-'));
  server = await start();
  await registerConfig(server.home, { ...often, config: configOf('often', 'busybox', { schedule: '* * * * *' }) });
});
afterEach(async () => {
  await server.close();
  await rm(data, { recursive: true, force: true, maxRetries: 5 });
});

test('a server starts what is scheduled, also when it has been started again', async () => {
  await tick(1);
  expect(await started()).toBe(0);
  await deploy(server.home, { ...often, version: 1 });
  await tick(2);
  expect(await started()).toBe(1);
  await server.close();
  server = await start();
  await tick(5);
  // Minutes that passed meanwhile are made up for as long as they are few; on a clock of the test they all are new.
  expect(await started()).toBeGreaterThan(1);
});

test('a server that starts again keeps a disabled pipeline still', async () => {
  await deploy(server.home, { ...often, version: 1 });
  await setPipelineState(server.home, { ...often, state: 'disabled' });
  await server.close();
  server = await start();
  await tick(1);
  expect(await started()).toBe(0);
  expect(notices.filter((line) => line.startsWith('no run'))).toEqual([]);
});
