/** What a version needs before a run of it can start: its machine, and a definition for each kind of task. */
import type { Home } from '../home.ts';
import { compile } from '../machine/compile.ts';
import { isNameOf, machineName } from '../machine/name.ts';
import type { PipelineConfig } from '../pipeline/config.ts';
import { configKey } from '../store/items.ts';
import { exists } from '../store/table.ts';
import { taskDefinitionOf } from '../task/request.ts';

/**
 * Creates what is missing, and returns the machine's name. Idempotent: every name is made of content. `known` is the
 * machine that the version has already, under a name that a stack gave it.
 */
export async function ensureMachine(
  home: Home,
  uid: string,
  version: number,
  config: PipelineConfig,
  known?: string,
): Promise<string> {
  const definition = compile(config, { defaultTimeout: home.settings.defaultTimeout });
  const machine = known && isNameOf(known, definition) ? known : machineName(uid, definition);
  const definitions = new Map(
    config.tasks.map((task) => taskDefinitionOf(task, home.settings)).map((each) => [JSON.stringify(each), each]),
  );
  await home.machines.ensure(machine, definition);
  // One after another: AWS takes one registration a second.
  for (const each of definitions.values()) await home.containers.define(each);
  await home.table.update(configKey(uid, version), { set: { machine } }, exists('pk'));
  return machine;
}
