/** What a version needs before a run of it can start: its machine, and a definition for each kind of task. */
import { ensurePipelineToken } from '../access/pipeline-token.ts';
import { ConflictError, GoferError } from '../errors.ts';
import type { Home } from '../home.ts';
import { compile } from '../machine/compile.ts';
import { freshName, isNameOf } from '../machine/name.ts';
import type { PipelineConfig } from '../pipeline/config.ts';
import type { TaskDefinition } from '../ports/containers.ts';
import type { MachineDefinition } from '../ports/machines.ts';
import {
  type DefinitionUseItem,
  definitionUseKey,
  type MachineItem,
  machineKey,
  machinePrefix,
} from '../store/items/machine.ts';
import { type PipelineItem, pipelinePartition } from '../store/items/pipeline.ts';
import { configKey } from '../store/items/version.ts';
import { any, exists, less, missing } from '../store/table.ts';
import { taskDefinitionOf } from '../task/request.ts';

/** Epoch milliseconds. */
export type Allowed = {
  /** No registration begins after it. Absent: all are made. */
  readonly until?: number;
  /** What was registered since then is there for sure. Absent: AWS is asked about each. */
  readonly since?: number;
};

/** Milliseconds in which a request registers definitions: API Gateway waits 29 s for the answer to it. */
export const answerWithin = 12_000;

/** What was registered so far stays: whoever asks again goes on behind it. */
export class OutOfTimeError extends GoferError {
  override readonly name = 'OutOfTimeError';
  constructor(registered: number, all: number) {
    super(
      503,
      'failed_precondition',
      `${registered} of ${all} task definitions are registered, for AWS takes about one a second: try again in a minute`,
    );
  }
}

/**
 * Creates what is missing, and returns the machine's name. Idempotent: every name is made of content. `known` is the
 * machine that the version has already, under a name that a stack may have given it. What is made is written down first,
 * so that whatever exists is found when nothing needs it any more. Throws {@link OutOfTimeError} when more is to be
 * registered than the time allows.
 */
export async function ensureMachine(
  home: Home,
  { uid, namespace }: Pick<PipelineItem, 'uid' | 'namespace'>,
  version: number,
  config: PipelineConfig,
  { known, ...allowed }: Allowed & { readonly known?: string | undefined } = {},
): Promise<string> {
  await ensurePipelineToken(home, { uid, namespace, pipeline: config.id }, config);
  const definition = compile(config, home.settings);
  const machine = known && isNameOf(known, definition) ? known : await nameFor(home, uid, definition);
  const all = config.tasks.map((task) => taskDefinitionOf(task, { ...config, namespace }, home.settings));
  const definitions = new Map(all.map((each) => [home.containers.nameOf(each), each]));
  await take(home, uid, machine, [...definitions.keys()]);
  const uses = await noteUses(home, machine, [...definitions.keys()]);
  await home.machines.ensure(machine, definition);
  await register(home, uses, definitions, allowed);
  await home.table.update(configKey(uid, version), { set: { machine } }, exists('pk'));
  return machine;
}

/** Says of each definition that the machine uses it, and returns what is known of it. */
async function noteUses(
  home: Home,
  machine: string,
  names: readonly string[],
): Promise<Map<string, DefinitionUseItem>> {
  const keys = names.map((name) => definitionUseKey(name, machine));
  const found = (await home.table.getMany(keys)) as (DefinitionUseItem | undefined)[];
  const uses = new Map<string, DefinitionUseItem>();
  for (const [i, name] of names.entries()) {
    const use = found[i] ?? definitionUseKey(name, machine);
    if (!found[i]) await home.table.put(use);
    uses.set(name, use);
  }
  return uses;
}

/** One after another, as AWS takes one registration a second. */
async function register(
  home: Home,
  uses: ReadonlyMap<string, DefinitionUseItem>,
  definitions: ReadonlyMap<string, TaskDefinition>,
  { until = Number.POSITIVE_INFINITY, since = Number.POSITIVE_INFINITY }: Allowed,
): Promise<void> {
  const left = [...uses].filter(([, { registered = 0 }]) => registered < since);
  for (const [done, [name, use]] of left.entries()) {
    if (home.now() >= until) throw new OutOfTimeError(uses.size - left.length + done, uses.size);
    const definition = definitions.get(name);
    if (definition) await home.containers.define(definition);
    await home.table.update(use, { set: { registered: home.now() } }, exists('pk'));
  }
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
