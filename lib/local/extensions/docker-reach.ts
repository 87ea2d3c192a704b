/** Extensions in Docker: a port of each is published on this machine alone, and each comes to the API by the door. */
import type Docker from 'dockerode';
import { anyAddress, extensionPort } from '../../extension/place.ts';
import { DockerEngine } from '../containers/docker.ts';
import { nameOf } from '../containers/docker-options.ts';
import type { Job } from '../containers/engine.ts';
import type { Reach } from './containers.ts';

/** Nobody listens there. */
const unreachable = 'http://127.0.0.1:0';

export type DockerReachOptions = {
  readonly docker: Docker;
  readonly data: string;
  /** Of the data folder. */
  readonly identity: string;
  /** Where containers reach the API, as `<host>:<port>`. */
  readonly door: (docker: Docker) => Promise<string>;
};

export function dockerReach({ docker, data, identity, door }: DockerReachOptions): Reach {
  return {
    // Tasks are found by the identity alone: what is an extension's must not be taken for one.
    engine: new DockerEngine(docker, data, `${identity}/extensions`),
    publish: extensionPort,
    place: async () => ({ bind: anyAddress, apiBaseUrl: `http://${await door(docker)}` }),
    async urlOf(job: Job) {
      const { NetworkSettings, State } = await docker.getContainer(nameOf(job)).inspect();
      // It has ended already, which its end tells.
      if (!State.Running) return unreachable;
      const [published] = NetworkSettings.Ports[`${extensionPort}/tcp`] ?? [];
      if (!published) throw new Error(`Docker has published no port for it; is its network "none"?`);
      return `http://127.0.0.1:${published.HostPort}`;
    },
  };
}
