/** What runs extensions here: the same kind of container as tasks, chosen when the first extension needs it. */
import { type Connection, connect, DockerMissingError } from '../containers/docker-connect.ts';
import { identityOf } from '../containers/identity.ts';
import type { ContainerKind } from '../containers/select.ts';
import { LocalExtensionContainers, type Reach } from './containers.ts';
import { createDoor, type DoorOptions } from './door.ts';
import { processReach } from './process-reach.ts';

export type CreateExtensionContainers = DoorOptions & {
  readonly kind: ContainerKind;
  /** The data folder. */
  readonly data: string;
  /** Tells the user something worth knowing, in a sentence. */
  readonly notice: (text: string) => void;
};

/** `close` shuts the door that containers came by. */
export async function createExtensionContainers({
  kind,
  data,
  notice,
  ...options
}: CreateExtensionContainers): Promise<LocalExtensionContainers & { close(): Promise<void> }> {
  const identity = await identityOf(data);
  const door = createDoor(options);
  const asProcesses = () => processReach(data, () => hostOf(options.url()));

  async function reach(): Promise<Reach> {
    const connection: Connection | undefined = kind === 'process' ? undefined : await connect();
    if (!connection) return asProcesses();
    if ('docker' in connection) {
      const { dockerReach } = await import('./docker-reach.ts');
      return dockerReach({ docker: connection.docker, data, identity, door: door.open });
    }
    if (kind === 'docker') throw new DockerMissingError(connection.error);
    notice('Docker does not answer: extensions run as processes of this machine, and their images are ignored.');
    return asProcesses();
  }

  const containers = new LocalExtensionContainers({ data, identity, reach, now: Date.now });
  return Object.assign(containers, { close: () => door.close() });
}

/** A server that listens everywhere is found here too. */
const hostOf = (url: string): string => new URL(url).host.replace(/^(0\.0\.0\.0|\[::\]):/, '127.0.0.1:');
