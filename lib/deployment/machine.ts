/** The state machine of a config version: created once, named by its content, shared by versions with the same DAG. */
import type { Home } from '../home.ts';
import { compile } from '../machine/compile.ts';
import { machineName } from '../machine/name.ts';
import type { PipelineConfig } from '../pipeline/config.ts';
import { configKey } from '../store/items.ts';
import { exists } from '../store/table.ts';
import { taskDefinitionOf } from '../task/request.ts';

/** Makes sure that the machine and the task definitions of a version exist, and remembers that they do. Returns the machine's name. */
export async function ensureMachine(home: Home, uid: string, version: number, config: PipelineConfig): Promise<string> {
  const definition = compile(config, { defaultTimeout: home.settings.defaultTimeout });
  const machine = machineName(uid, definition);
  for (const task of config.tasks) await home.containers.define(taskDefinitionOf(task));
  await home.machines.ensure(machine, definition);
  await home.table.update(configKey(uid, version), { set: { machine } }, exists('pk'));
  return machine;
}
