/**
 * A second way to the API, for containers: on Linux they can't reach what listens on 127.0.0.1, only the address of
 * Docker's own network. Whoever comes by it shows a token, also where the server asks nobody else for one.
 */
import type Docker from 'dockerode';
import { createApiWithoutBootstrap } from '../../lambdas/api/api.ts';
import { createAuthenticate } from '../access/caller.ts';
import { GoferError } from '../errors.ts';
import type { Home } from '../home.ts';
import { createHttpServer, type HttpOptions, type HttpServer } from './http/server.ts';

export type DoorOptions = Pick<HttpOptions, 'handler' | 'hasRawBody'> & {
  /** Where the server itself listens. */
  readonly url: () => string;
};

/** What answers there. The first token is not to be had: a container that came before its user would be administrator. */
export const createDoorApi = (home: Home) =>
  createApiWithoutBootstrap(home, { authenticate: createAuthenticate(home) });

export type Door = {
  /** Opens it unless it is open, and tells where it is: `<host>:<port>`. */
  open(docker: Docker): Promise<string>;
  close(): Promise<void>;
};

/** Docker Desktop's name for the machine, whose 127.0.0.1 containers reach by it. */
const machine = 'host.docker.internal';

export function createDoor({ url, ...http }: DoorOptions): Door {
  let opened: Promise<{ readonly place: string; readonly close: () => Promise<void> }> | undefined;

  async function open(docker: Docker) {
    const { hostname, port } = new URL(url());
    const gateway = await gatewayOf(docker);
    if (gateway && hostname === '0.0.0.0') return { place: `${gateway}:${port}`, close: async () => undefined };
    const listen = (port: number) => listening(createHttpServer({ ...http, host: gateway ?? '', port }));
    // The server's own port: after a restart, containers that still run find it where it was.
    const server = gateway && ((await listen(Number(port))) ?? (await listen(0)));
    // Docker Desktop's network is in a machine of its own, which has a name for this one.
    if (!server) return { place: `${machine}:${port}`, close: async () => undefined };
    return { place: new URL(server.url).host, close: () => server.close() };
  }

  return {
    async open(docker) {
      opened ??= open(docker).catch((error: unknown) => {
        opened = undefined;
        throw error;
      });
      return (await opened).place;
    },
    async close() {
      await (await opened?.catch(() => undefined))?.close();
    },
  };
}

/** The address of Docker's network that should be this machine's. */
async function gatewayOf(docker: Docker): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  const { IPAM } = (await docker.getNetwork('bridge').inspect()) as { IPAM?: { Config?: { Gateway?: string }[] } };
  return IPAM?.Config?.find(({ Gateway }) => Gateway !== undefined)?.Gateway;
}

/** `undefined`: the port is taken, or the address is not this machine's after all, as with Docker Desktop for Linux. */
async function listening(server: HttpServer): Promise<HttpServer | undefined> {
  try {
    await server.listen();
    return server;
  } catch (error) {
    if (error instanceof GoferError && error.code === 'cannot_listen') return undefined;
    throw error;
  }
}
