/** The Parameters of a state that runs a task, as the compiled machine gives them to `ecs:runTask.sync`. */
import type { TaskDefinition } from '../../ports/containers.ts';
import type { Job, Work } from './engine.ts';
import type { TaskSecrets } from './secrets.ts';

export type RunTaskRequest = {
  readonly Cluster: string;
  /** What `define` returned. */
  readonly TaskDefinition: string;
  /** `<run>/<task>/<launch>`: never two containers have the same. */
  readonly Group: string;
  readonly CapacityProviderStrategy?: unknown;
  readonly NetworkConfiguration?: unknown;
  readonly Overrides?: {
    readonly Cpu?: string | number;
    readonly Memory?: string | number;
    readonly ContainerOverrides?: readonly {
      readonly Name: string;
      readonly Command?: readonly string[];
      readonly Environment?: readonly { readonly Name: string; readonly Value: string }[];
      readonly Cpu?: string | number;
      readonly Memory?: string | number;
    }[];
  };
};

export function jobOf(request: RunTaskRequest, id: string, definition: TaskDefinition): Job {
  return {
    id,
    group: request.Group,
    cluster: request.Cluster,
    definition: request.TaskDefinition,
    image: definition.image,
  };
}

/**
 * Limits hold only where the task asks for them: what Fargate gives a task that doesn't ask would only slow it here.
 * The architecture is the engine's own: images made for several run natively on any laptop.
 */
export function workOf(
  request: RunTaskRequest,
  job: Job,
  definition: TaskDefinition,
  { secrets, credentials }: TaskSecrets = { secrets: {} },
): Work {
  const overrides = request.Overrides ?? {};
  const container = overrides.ContainerOverrides?.[0];
  const cpu = container?.Cpu ?? overrides.Cpu;
  const memory = container?.Memory ?? overrides.Memory;
  return {
    ...job,
    ...(definition.entrypoint?.length && { entrypoint: definition.entrypoint }),
    ...(container?.Command?.length && { command: container.Command }),
    environment: Object.fromEntries((container?.Environment ?? []).map(({ Name, Value }) => [Name, Value])),
    secrets,
    ...(credentials && { credentials }),
    ...(cpu !== undefined && { cpu: Number(cpu) }),
    ...(memory !== undefined && { memory: Number(memory) }),
    stopTimeout: definition.stopTimeout,
    alwaysPull: definition.alwaysPull,
  };
}
