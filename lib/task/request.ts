/** What a task's machine state is told to start: the parameters of `ecs:runTask`, as the compiled state expects them. */
import type { Home, Settings } from '../home.ts';
import type { ObjectValues } from '../object/values.ts';
import type { PipelineConfig, TaskConfig } from '../pipeline/config.ts';
import { roleOf } from '../pipeline/role.ts';
import type { TaskDefinition } from '../ports/containers.ts';
import type { LoadedRun } from '../run/load.ts';
import { groupOf } from './group.ts';
import { type RunVariables, variablesOf } from './variables.ts';

/** Name of the one container in each task definition. */
export const containerName = 'task';

/** Seconds between SIGTERM and SIGKILL; 30 is ECS's own default. */
export const stopTimeoutOf = ({ stop_timeout = 30 }: TaskConfig): number => stop_timeout;

/** The definition that a task's launches name. `architecture` is what holds for tasks that don't say. */
export function taskDefinitionOf(
  task: TaskConfig,
  pipeline: Pick<PipelineConfig, 'role'>,
  { architecture = 'x86_64' }: Pick<Settings, 'architecture'>,
): TaskDefinition {
  const role = roleOf(task, pipeline);
  return {
    image: task.image,
    ...(task.entrypoint && { entrypoint: task.entrypoint }),
    architecture: task.architecture ?? architecture,
    stopTimeout: stopTimeoutOf(task),
    alwaysPull: task.always_pull_newest_image,
    ...(role !== undefined && { role }),
  };
}

/** Answer of `next` that starts launch `launch`. Short names: it lies in the state data of every execution. */
export function containerRequest(
  { containers, settings }: Home,
  { run, config }: Pick<LoadedRun, 'run' | 'config'>,
  task: TaskConfig,
  launch: number,
  values?: ObjectValues,
) {
  return {
    k: launch,
    d: containers.nameOf(taskDefinitionOf(task, config, settings)),
    g: groupOf({ uid: run.uid, number: run.number, task: task.id, launch }),
    p: settings.capacity,
    v: overridesOf(run, task, settings.size, values),
  };
}

/** What differs from run to run. AWS takes 8,192 characters of it. */
export function overridesOf(run: RunVariables, task: TaskConfig, size?: Settings['size'], values: ObjectValues = {}) {
  const { cpu, memory } = task.cpu === undefined ? { ...size } : task;
  return {
    ...(cpu !== undefined && { Cpu: String(cpu) }),
    ...(memory !== undefined && { Memory: String(memory) }),
    ContainerOverrides: [
      {
        Name: containerName,
        ...(task.command && { Command: task.command }),
        Environment: variablesOf(run, task).map(({ key, value }) => ({ Name: key, Value: values[key] ?? value })),
      },
    ],
  };
}
