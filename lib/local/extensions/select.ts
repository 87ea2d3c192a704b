/** What runs extensions here: the same kind of container as tasks, chosen when the first extension needs it. */
import { type Connection, connect, DockerMissingError } from '../containers/docker-connect.ts';
import { identityOf } from '../containers/identity.ts';
import type { ContainerKind } from '../containers/select.ts';
import type { Door } from '../door.ts';
import { LocalExtensionContainers, type Reach } from './containers.ts';
import { processReach } from './process-reach.ts';

export type CreateExtensionContainers = {
  readonly kind: ContainerKind;
  /** The data folder. */
  readonly data: string;
  /** Where containers come to the API by. */
  readonly door: Door;
  /** Where processes do. */
  readonly url: () => string;
  /** Tells the user something worth knowing, in a sentence. */
  readonly notice: (text: string) => void;
};

export async function createExtensionContainers({
  kind,
  data,
  door,
  url,
  notice,
}: CreateExtensionContainers): Promise<LocalExtensionContainers> {
  const identity = await identityOf(data);
  const asProcesses = () => processReach(data, url);

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

  return new LocalExtensionContainers({ data, identity, reach, now: Date.now });
}
