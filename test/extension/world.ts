/** The API before a home in memory, which runs the test extension; a pipeline "build" is registered. */
import { onTestFinished } from 'vitest';
import { LocalExtensionHost } from '../../lib/local/extensions/host.ts';
import { buildConfig, configs, type Send, startApi } from '../api/client.ts';
import { createMemoryLogs, type MemoryLogs } from '../api/memory-logs.ts';
import { createMemoryHome, type MemoryHome, type MemoryHomeOptions } from '../memory-home.ts';
import { createMemoryContainers, type MemoryContainers } from './memory-containers.ts';

export type World = {
  readonly home: MemoryHome & { readonly extensions: LocalExtensionHost };
  readonly containers: MemoryContainers;
  readonly logs: MemoryLogs;
  readonly host: LocalExtensionHost;
  readonly send: Send;
};

export const subscriptions = '/api/namespaces/default/pipelines/build/subscriptions';
export const hooks = { id: 'hooks', image: 'hooks:1', settings: {} };

export async function startWorld(options: MemoryHomeOptions = {}): Promise<World> {
  const containers = createMemoryContainers();
  const memory = createMemoryHome(options);
  // No test waits for the next try: a turn of the loop is long enough for everything else to happen first.
  const pause = () => new Promise((resolve) => setImmediate(resolve));
  const host = new LocalExtensionHost({ containers, now: memory.now, pause });
  onTestFinished(() => host.close());
  const logs = createMemoryLogs();
  const home = { ...memory, logs, extensions: host };
  const send = await startApi(home);
  await send(`POST ${configs}`, { body: { config: buildConfig } });
  return { home, containers, logs, host, send };
}

/** A server that starts on the same table. */
export const restart = (world: World) => startWorld({ table: world.home.table });
