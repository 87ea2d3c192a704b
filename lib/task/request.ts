/** What a task's machine state is told to start: the parameters of `ecs:runTask`, as the compiled state expects them. */
import type { Home, Settings } from '../home.ts';
import type { ObjectValues } from '../object/values.ts';
import type { PipelineConfig, TaskConfig } from '../pipeline/config.ts';
import { roleOf } from '../pipeline/role.ts';
import type { TaskDefinition } from '../ports/containers.ts';
import type { LoadedRun } from '../run/load.ts';
import { apiTokenName, registrySecretName, secretNameOf } from '../secret/name.ts';
import { groupOf } from './group.ts';
import { secretIn, secretVariables } from './interpolation.ts';
import { type RunVariables, variablesOf } from './variables.ts';

/** Name of the one container in each task definition. */
export const containerName = 'task';

/** Seconds between SIGTERM and SIGKILL; 30 is ECS's own default. */
export const stopTimeoutOf = ({ stop_timeout = 30 }: TaskConfig): number => stop_timeout;

/** Whose task it is: the names of its secrets begin with it. */
export type DefinitionOwner = Pick<PipelineConfig, 'id' | 'role'> & { readonly namespace: string };

/** The definition that a task's launches name. `architecture` is what holds for tasks that don't say. */
export function taskDefinitionOf(
  task: TaskConfig,
  pipeline: DefinitionOwner,
  { architecture = 'x86_64', attachRole }: Pick<Settings, 'architecture' | 'attachRole'>,
): TaskDefinition {
  const role = roleOf(task, pipeline) ?? attachRole;
  const name = { namespace: pipeline.namespace, pipeline: pipeline.id };
  const secrets = [
    ...[...secretVariables(task)].map(([variable, secret]) => [variable, secretNameOf(name, secret)] as const),
    ...(task.inject_api_token ? [['GOFER_TOKEN', apiTokenName(name)] as const] : []),
  ];
  return {
    image: task.image,
    ...(task.entrypoint && { entrypoint: task.entrypoint }),
    architecture: task.architecture ?? architecture,
    stopTimeout: stopTimeoutOf(task),
    alwaysPull: task.always_pull_newest_image,
    ...(role !== undefined && { role }),
    // In one order, for the definition is named by its content.
    ...(secrets.length && { secrets: Object.fromEntries(secrets.sort(([a], [b]) => (a < b ? -1 : 1))) }),
    ...(task.registry_auth && { registry: registrySecretName(name, task.id) }),
  };
}

/** Answer of `next` that starts launch `launch`. Short names: it lies in the state data of every execution. */
export async function containerRequest(
  { containers, settings, apiBaseUrl }: Home,
  { run, config }: Pick<LoadedRun, 'run' | 'config'>,
  task: TaskConfig,
  launch: number,
  values?: ObjectValues,
) {
  return {
    k: launch,
    d: containers.nameOf(taskDefinitionOf(task, { ...config, namespace: run.namespace }, settings)),
    g: groupOf({ uid: run.uid, number: run.number, task: task.id, launch }),
    p: settings.capacity,
    v: overridesOf(run, task, {
      size: settings.size,
      values,
      apiBaseUrl: task.inject_api_token ? await apiBaseUrl?.() : undefined,
    }),
  };
}

type Given = {
  /** Of tasks that name none. */
  readonly size?: Settings['size'] | undefined;
  /** In the place of references to objects. */
  readonly values?: ObjectValues | undefined;
  /** Of a task that is given a token: where it is good. */
  readonly apiBaseUrl?: string | undefined;
};

/** What differs from run to run. AWS takes 8,192 characters of it. */
export function overridesOf(run: RunVariables, task: TaskConfig, { size, values = {}, apiBaseUrl }: Given) {
  const { cpu, memory } = task.cpu === undefined ? { ...size } : task;
  return {
    ...(cpu !== undefined && { Cpu: String(cpu) }),
    ...(memory !== undefined && { Memory: String(memory) }),
    ContainerOverrides: [
      {
        Name: containerName,
        ...(task.command && { Command: task.command }),
        // Secrets come from the definition.
        Environment: [
          ...(apiBaseUrl === undefined ? [] : [{ Name: 'GOFER_API_BASE_URL', Value: apiBaseUrl }]),
          ...variablesOf(run, task)
            .filter(({ value, source }) => source !== 'pipeline_config' || !secretIn(value))
            .map(({ key, value }) => ({ Name: key, Value: values[key] ?? value })),
        ],
      },
    ],
  };
}

/** Stands for the API's address: API Gateway's takes as many characters at most. */
const longestAddress = 'https://0123456789.execute-api.ap-southeast-1.amazonaws.com.cn/prod';

/** Characters of these overrides. */
export const overridesLength = (run: RunVariables, task: TaskConfig, given: Omit<Given, 'apiBaseUrl'> = {}): number =>
  JSON.stringify(overridesOf(run, task, { ...given, apiBaseUrl: task.inject_api_token ? longestAddress : undefined }))
    .length;
