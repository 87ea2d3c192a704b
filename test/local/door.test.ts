import type Docker from 'dockerode';
import { expect, test } from 'vitest';
import { createToken } from '../../lib/access/tokens.ts';
import { createDoor, createDoorApi } from '../../lib/local/door.ts';
import { startApi } from '../api/client.ts';
import { createMemoryHome } from '../memory-home.ts';

/** Its network's gateway is an address that every Linux has. */
const docker = {
  getNetwork: () => ({ inspect: async () => ({ IPAM: { Config: [{ Gateway: '127.0.0.2' }] } }) }),
} as unknown as Docker;

test.runIf(process.platform === 'linux')(
  'a container becomes no administrator where nobody has been before',
  async () => {
    const home = createMemoryHome();
    const server = await startApi(home);
    const door = createDoor({ url: () => 'http://127.0.0.1:0', handler: createDoorApi(home) });
    try {
      const address = `http://${await door.open(docker)}/api`;
      const refused = await fetch(`${address}/tokens/bootstrap`, { method: 'POST' });
      expect([refused.status, await refused.json()]).toMatchObject([
        403,
        { error_code: 'forbidden', message: expect.stringContaining('gofer dev') },
      ]);
      const { secret } = await createToken(home, { user: 'ann', roles: ['user'] });
      const authorization = `Bearer ${secret}`;
      expect((await fetch(`${address}/namespaces`)).status).toBe(401);
      expect((await fetch(`${address}/namespaces`, { headers: { authorization } })).status).toBe(200);
      expect(await server('POST /api/tokens/bootstrap')).toMatchObject({ status: 201 });
    } finally {
      await door.close();
    }
  },
);
