/** What a version needs before a run of it can start: its machine, and a definition for each kind of task. */
import { ConflictError } from '../errors.ts';
import type { Home } from '../home.ts';
import { compile } from '../machine/compile.ts';
import { freshName, isNameOf } from '../machine/name.ts';
import type { PipelineConfig } from '../pipeline/config.ts';
import type { MachineDefinition } from '../ports/machines.ts';
import {
  configKey,
  definitionUseKey,
  type MachineItem,
  machineKey,
  machinePrefix,
  pipelinePartition,
} from '../store/items.ts';
import { any, exists, less, missing } from '../store/table.ts';
import { taskDefinitionOf } from '../task/request.ts';

/**
 * Creates what is missing, and returns the machine's name. Idempotent: every name is made of content. `known` is the
 * machine that the version has already, under a name that a stack may have given it. What is made is written down first,
 * so that whatever exists is found when nothing needs it any more.
 */
export async function ensureMachine(
  home: Home,
  uid: string,
  version: number,
  config: PipelineConfig,
  known?: string,
): Promise<string> {
  const definition = compile(config, { defaultTimeout: home.settings.defaultTimeout });
  const machine = known && isNameOf(known, definition) ? known : await nameFor(home, uid, definition);
  const all = config.tasks.map((task) => taskDefinitionOf(task, home.settings));
  const definitions = new Map(all.map((each) => [home.containers.nameOf(each), each]));
  const names = [...definitions.keys()];
  await take(home, uid, machine, names);
  for (const name of names) await home.table.put(definitionUseKey(name, machine));
  await home.machines.ensure(machine, definition);
  // One after another: AWS takes one registration a second.
  for (const each of definitions.values()) await home.containers.define(each);
  await home.table.update(configKey(uid, version), { set: { machine } }, exists('pk'));
  return machine;
}

/** Longer than any call that removes a machine takes. */
const removal = 10 * 60 * 1000;

/** Writes down that the machine is used; it is not retired then, whatever was found out before. */
async function take(home: Home, uid: string, name: string, definitions: readonly string[]): Promise<void> {
  const late = any(missing('removing'), less('removing', home.now() - removal));
  const change = { set: { name, definitions }, remove: ['retired', 'removing', 'removed'] };
  if (await home.table.update(machineKey(uid, name), change, late)) return;
  throw new ConflictError(`its machine ${name} is being removed, for nothing had used it; deploy again in ten minutes`);
}

/** Versions with the same definition share a machine, but for one that is on its way out. */
async function nameFor(home: Home, uid: string, definition: MachineDefinition): Promise<string> {
  const found = (await home.table.query(pipelinePartition(uid), { prefix: machinePrefix })) as MachineItem[];
  const alike = found.filter(({ name }) => isNameOf(name, definition));
  const usable = alike.find(({ retired }) => retired === undefined);
  const taken = alike.map(({ name }) => name);
  return usable?.name ?? freshName(uid, definition, taken);
}
