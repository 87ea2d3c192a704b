/** A config in the shapes of Gofer's API: as clients register it, and as the API answers it. Our own fields are added. */
import type { ParentCondition, PipelineConfig, TaskConfig } from './config.ts';

const written = { any: 'Any', success: 'Success', failure: 'Failure' } as const;

/** `{ build: 'success' }` as the contract registers it: `{ build: 'Success' }`. */
export const writeConditions = <Parents extends string>(
  depends_on: Readonly<Record<Parents, ParentCondition>>,
): Record<Parents, (typeof written)[ParentCondition]> =>
  Object.fromEntries(
    Object.entries<ParentCondition>(depends_on).map(([parent, condition]) => [parent, written[condition]]),
  ) as Record<Parents, (typeof written)[ParentCondition]>;

/** The contract's `Pipeline`, as `POST …/configs` takes it from any client. Reading it gives the same config again. */
export const contractPipeline = (config: PipelineConfig) => ({
  ...config,
  tasks: config.tasks.map((task) => ({ ...task, depends_on: writeConditions(task.depends_on) })),
});

export type ContractPipeline = ReturnType<typeof contractPipeline>;

/** What the table knows of one version beside its content. Times are epoch milliseconds, 0 = not yet. */
export type Version = {
  readonly namespace: string;
  readonly version: number;
  readonly state: 'unreleased' | 'live' | 'deprecated';
  readonly registered: number;
  readonly deprecated: number;
};

/** The contract's `Config`. */
export const contractConfig = (config: PipelineConfig, version: Version) => ({
  namespace_id: version.namespace,
  pipeline_id: config.id,
  version: version.version,
  parallelism: config.parallelism,
  name: config.name,
  description: config.description,
  ...(config.timeout !== undefined && { timeout: config.timeout }),
  ...(config.schedule && { schedule: config.schedule }),
  ...(config.role !== undefined && { role: config.role }),
  tasks: Object.fromEntries(config.tasks.map((task) => [task.id, contractTask(task)])),
  state: version.state,
  registered: version.registered,
  deprecated: version.deprecated,
});

/** The contract's `Task`. A registry's password never leaves: `pass` is there because clients demand it, and empty. */
export const contractTask = (task: TaskConfig) => ({
  ...task,
  registry_auth: task.registry_auth ? { user: task.registry_auth.user, pass: '' } : null,
  entrypoint: task.entrypoint ?? null,
  command: task.command ?? null,
  variables: Object.entries(task.variables).map(([key, value]) => ({
    key,
    value,
    source: 'pipeline_config' as const,
  })),
});
