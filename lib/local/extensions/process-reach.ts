/** Extensions that are processes: they share this machine's network, so each listens on a port of its own. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { ProcessEngine } from '../containers/process.ts';
import type { Reach } from './containers.ts';

const loopback = '127.0.0.1';

/** `url`: where the server listens. */
export const processReach = (data: string, url: () => string): Reach => ({
  engine: new ProcessEngine(data, 'extensions'),
  place: async () => ({ bind: `${loopback}:${await freePort()}`, apiBaseUrl: url() }),
  urlOf: async (_, { bind }) => `http://${bind}`,
});

/** One that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, loopback);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (typeof address !== 'object' || address === null) throw new Error(`no port is free on ${loopback}`);
  return address.port;
}
