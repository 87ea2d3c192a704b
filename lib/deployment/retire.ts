/**
 * The end of machines and task definitions: removed when no live version, no version that a rollback leads to, no newest
 * one and no run that waits or runs names them.
 *
 * First the versions let go of their machine (a deployment that comes meanwhile wins), then the machine is marked as
 * retired: from now on nobody is given its name. An hour later, when all who may have read it before are done, everything
 * is looked at once more, and only then is it removed.
 */
import type { Home } from '../home.ts';
import { findPipeline } from '../pipeline/pipelines.ts';
import type { RunItem } from '../run/run.ts';
import { unsettledRuns } from '../run/unsettled.ts';
import {
  definitionPartition,
  definitionUseKey,
  type MachineItem,
  machineKey,
  machinePrefix,
  type RetirementItem,
  retirementKey,
} from '../store/items/machine.ts';
import { type PipelineItem, pipelinePartition } from '../store/items/pipeline.ts';
import {
  type ConfigItem,
  configKey,
  configPrefix,
  type DeploymentItem,
  deploymentKey,
} from '../store/items/version.ts';
import { all, equals, exists, missing } from '../store/table.ts';
import { versionBefore } from './deployments.ts';

const hour = 60 * 60 * 1000;

/** How long a removed machine's name is not given again. */
const mourned = 24 * hour;

/** Pipelines that one sweep looks at, and machines of each that it removes: AWS takes about one such call a second. */
const pipelinesOfASweep = 3;
const machinesOfASweep = 3;

/** Called after something changed which versions are needed. The sweep does the rest. */
export async function askRetirement(
  home: Home,
  { uid, namespace, id }: Pick<PipelineItem, 'uid' | 'namespace' | 'id'>,
): Promise<void> {
  const set = { uid, namespace, pipeline: id, asked: home.now(), sweep: 'retirement' };
  await home.table.update(retirementKey(uid), { set });
}

export type Retired = {
  /** Machines that were removed. */
  readonly removed: number;
  readonly errors: readonly { readonly pipeline: string; readonly error: unknown }[];
};

/** Looks after some of the pipelines that are due, those first that have waited longest. */
export async function sweepRetirements(home: Home): Promise<Retired> {
  const keys = await home.table.swept('retirement');
  const items = (await home.table.getMany(keys)) as (RetirementItem | undefined)[];
  const due = items
    .filter((item) => item !== undefined)
    .filter(({ due = 0 }) => due <= home.now())
    .toSorted((a, b) => (a.due ?? a.asked) - (b.due ?? b.asked));
  const errors: { pipeline: string; error: unknown }[] = [];
  let removed = 0;
  for (const item of due.slice(0, pipelinesOfASweep)) {
    try {
      removed += await retire(home, item);
    } catch (error) {
      errors.push({ pipeline: `${item.namespace}/${item.pipeline}`, error });
      // It must not keep others from their turn.
      await home.table.update(retirementKey(item.uid), { set: { due: home.now() + hour } }, exists('pk'));
    }
  }
  return { removed, errors };
}

async function retire(home: Home, item: RetirementItem): Promise<number> {
  const { uid, asked } = item;
  const { needed, used } = await letGo(home, item);
  const machines = (await home.table.query(pipelinePartition(uid), { prefix: machinePrefix })) as MachineItem[];
  const now = home.now();
  let removed = 0;
  let left = 0;
  for (const machine of machines) {
    const key = machineKey(uid, machine.name);
    if (machine.removed !== undefined) {
      if (now - machine.removed < mourned) left++;
      else await home.table.delete(key, equals('removed', machine.removed));
    } else if ((needed.has(machine.name) || used.has(machine.name)) && machine.removing === undefined) {
      if (!needed.has(machine.name)) left++;
      if (machine.retired !== undefined) await home.table.update(key, { remove: ['retired'] }, exists('pk'));
    } else if (machine.retired === undefined) {
      left++;
      await home.table.update(key, { set: { retired: now } }, all(exists('pk'), missing('retired')));
    } else if (now - machine.retired < hour || removed === machinesOfASweep) left++;
    else {
      left++;
      if (await remove(home, uid, machine)) removed++;
    }
  }
  const pending = { set: { due: removed === machinesOfASweep ? now : now + hour } };
  if (left) await home.table.update(retirementKey(uid), pending, exists('pk'));
  else await home.table.delete(retirementKey(uid), equals('asked', asked));
  return removed;
}

/** `undefined`: deleted, being deleted, or another one under its name. */
async function pipelineOf(home: Home, { uid, namespace, pipeline }: RetirementItem): Promise<PipelineItem | undefined> {
  const found = await findPipeline(home, namespace, pipeline);
  return found?.uid === uid && found.deleting === undefined ? found : undefined;
}

type Named = {
  /** Machines of versions that stay. */
  readonly needed: Set<string>;
  /** Machines that are needed for some time: by a run, or a deployment that goes on. */
  readonly used: Set<string>;
};

/** Takes their machine from versions that nobody needs. */
async function letGo(home: Home, item: RetirementItem): Promise<Named> {
  const { uid } = item;
  // In this order: a deployment that begins later changes its version, one that has ended is seen in the pipeline.
  const versions = (await home.table.query(pipelinePartition(uid), { prefix: configPrefix })) as ConfigItem[];
  const deployed = new Set<number>();
  for (const { version, machine, deployment } of versions)
    if (machine !== undefined && (await isBeingDeployed(home, uid, deployment))) deployed.add(version);
  const pipeline = await pipelineOf(home, item);
  const runs = await runsOf(home, uid, pipeline);
  const running = new Set(runs.map(({ version }) => version));
  const kept = new Set<number>();
  if (pipeline) {
    const before = await versionBefore(home, pipeline);
    for (const version of [pipeline.live, pipeline.last_version, versions.at(-1)?.version, before])
      if (version !== undefined) kept.add(version);
  }
  const needed = new Set<string>();
  const used = new Set(runs.map(({ machine }) => machine));
  for (const { version, machine, deployment } of versions) {
    if (machine === undefined) continue;
    if (kept.has(version)) needed.add(machine);
    else if (running.has(version) || deployed.has(version)) used.add(machine);
    if (needed.has(machine) || used.has(machine)) continue;
    const same = deployment === undefined ? missing('deployment') : equals('deployment', deployment);
    const condition = all(equals('machine', machine), same);
    if (!(await home.table.update(configKey(uid, version), { remove: ['machine'] }, condition))) used.add(machine);
  }
  return { needed, used };
}

/** Runs that wait or run. Of a pipeline that is gone, those that the sweep has not seen the end of. */
async function runsOf(home: Home, uid: string, pipeline: PipelineItem | undefined): Promise<RunItem[]> {
  if (pipeline) return unsettledRuns(home, pipeline);
  const keys = (await home.table.swept('run')).filter(({ pk }) => pk === pipelinePartition(uid));
  return ((await home.table.getMany(keys)) as (RunItem | undefined)[]).filter((run) => run !== undefined);
}

async function isBeingDeployed(home: Home, uid: string, deployment: number | undefined): Promise<boolean> {
  if (deployment === undefined) return false;
  return ((await home.table.get(deploymentKey(uid, deployment))) as DeploymentItem | undefined)?.state === 'running';
}

/** False: somebody has taken it back. The item goes last, as it says what is to be removed; each step may be repeated. */
async function remove(home: Home, uid: string, { name, definitions, retired = 0 }: MachineItem): Promise<boolean> {
  const mark = { set: { removing: home.now() } };
  if (!(await home.table.update(machineKey(uid, name), mark, equals('retired', retired)))) return false;
  await home.machines.remove(name);
  for (const definition of definitions) {
    await home.table.delete(definitionUseKey(definition, name));
    // Somebody may begin to use it just now: then ECS misses it at the launch, and it is registered again.
    const [user] = await home.table.query(definitionPartition(definition), { limit: 1 });
    if (!user) await home.containers.forget(definition);
  }
  await home.table.update(machineKey(uid, name), { set: { removed: home.now() } }, equals('retired', retired));
  return true;
}
