/** What Docker is told about a container, and what it tells of one. Pure. */
import type { ContainerCreateOptions, ContainerInfo } from 'dockerode';
import { parseGroup } from '../../task/group.ts';
import type { Existing, Job, Work } from './engine.ts';

/** Label that holds the identity of the data folder whose server made the container. */
export const dataLabel = 'gofer.data';

/** Made of group and id alone: a second container of the job can't be created. */
export const nameOf = ({ id, group }: Job) => `gofer_${group.replaceAll('/', '.')}.${id.slice(0, 8)}`;

/**
 * Docker's `local` log driver keeps raw bytes (json-file spoils what isn't UTF-8). One file without limit: the log is
 * copied while the container runs and goes with the container.
 */
const logging = { Type: 'local', Config: { 'max-size': '1024g', 'max-file': '1', compress: 'false' } };

const cpuPeriod = 100_000;
const mebibyte = 1024 * 1024;

export function createOptions(work: Work, identity: string, init: boolean): ContainerCreateOptions {
  const memory = work.memory === undefined ? undefined : work.memory * mebibyte;
  return {
    name: nameOf(work),
    Image: work.image,
    ...(work.entrypoint && { Entrypoint: [...work.entrypoint] }),
    ...(work.command && { Cmd: [...work.command] }),
    Env: Object.entries({ ...work.environment, ...work.secrets }).map(([name, value]) => `${name}=${value}`),
    Labels: labelsOf(work, identity),
    StopTimeout: work.stopTimeout,
    ...(work.publish !== undefined && { ExposedPorts: { [`${work.publish}/tcp`]: {} } }),
    HostConfig: {
      Init: init,
      // An empty port takes any free one.
      ...(work.publish !== undefined && {
        PortBindings: { [`${work.publish}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: '' }] },
      }),
      LogConfig: logging,
      // A quota, since `NanoCpus` refuses more processors than the machine has.
      ...(work.cpu !== undefined && { CpuPeriod: cpuPeriod, CpuQuota: Math.round((work.cpu / 1024) * cpuPeriod) }),
      // Without swap, as on Fargate.
      ...(memory !== undefined && { Memory: memory, MemorySwap: memory }),
    },
  };
}

function labelsOf(work: Work, identity: string): Record<string, string> {
  const launch = parseGroup(work.group);
  const fromEnvironment = {
    'gofer.namespace': work.environment['GOFER_NAMESPACE_ID'],
    'gofer.pipeline': work.environment['GOFER_PIPELINE_ID'],
    'gofer.run': work.environment['GOFER_RUN_ID'] ?? launch?.number.toString(),
    'gofer.task': work.environment['GOFER_TASK_ID'] ?? launch?.task,
    // Not the attempt: a launch that failed for the machine's reasons is none.
    'gofer.launch': launch?.launch.toString(),
  };
  return {
    [dataLabel]: identity,
    'gofer.id': work.id,
    'gofer.group': work.group,
    'gofer.cluster': work.cluster,
    'gofer.definition': work.definition,
    ...Object.fromEntries(Object.entries(fromEnvironment).filter((entry) => entry[1] !== undefined)),
  };
}

/** The job that a listed container belongs to. */
export function existingOf({ Labels, Image, Created, State }: ContainerInfo): Existing {
  const label = (name: string) => Labels[`gofer.${name}`] ?? '';
  return {
    id: label('id'),
    group: label('group'),
    cluster: label('cluster'),
    definition: label('definition'),
    image: Image,
    createdAt: Created * 1000,
    begun: State !== 'created',
  };
}
