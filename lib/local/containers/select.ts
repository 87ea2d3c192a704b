/** Chooses what runs containers here: Docker, or plain processes where there is none. */
import type { TaskStateChange } from '../../task/event.ts';
import { type LocalContainers, TaskContainers } from './containers.ts';
import { connect, DockerMissingError, remedyOf } from './docker-connect.ts';
import type { Engine } from './engine.ts';
import { identityOf } from './identity.ts';
import type { ReadSecretOf } from './secrets.ts';

export const containerKinds = ['auto', 'docker', 'process'] as const;
export type ContainerKind = (typeof containerKinds)[number];

export type CreateContainers = {
  readonly kind: ContainerKind;
  /** The data folder. */
  readonly data: string;
  /** Takes each "ECS Task State Change"; called again until it succeeds, so it must take an event twice. */
  readonly emit: (event: TaskStateChange) => Promise<void>;
  readonly readSecret: ReadSecretOf;
  /** Tells the user something worth knowing, in a sentence. */
  readonly notice: (text: string) => void;
};

/** With `docker`, throws {@link DockerMissingError} when Docker doesn't answer; with `auto`, tasks then become processes. */
export async function createContainers({
  kind,
  data,
  emit,
  readSecret,
  notice,
}: CreateContainers): Promise<LocalContainers> {
  const [identity, connection] = await Promise.all([identityOf(data), kind === 'process' ? undefined : connect()]);
  const docker = connection && 'docker' in connection ? connection.docker : undefined;
  let engine: Engine;
  if (docker) {
    const { DockerEngine } = await import('./docker.ts');
    engine = new DockerEngine(docker, data, identity);
  } else {
    const error = connection && 'error' in connection ? connection.error : undefined;
    if (error && kind === 'docker') throw new DockerMissingError(error);
    if (error) notice(noDocker(error));
    const { ProcessEngine } = await import('./process.ts');
    engine = new ProcessEngine(data);
  }
  return new TaskContainers({ data, identity, engine, emit, readSecret, ...(docker && { docker }) });
}

const noDocker = (error: Error) =>
  `Docker does not answer (${error.message}): tasks run as processes of this machine, and their images are ignored. ` +
  `For containers: ${remedyOf(error)}`;
