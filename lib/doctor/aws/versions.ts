/** What the table knows: the registered versions with the names of what each needs, and what waits for its removal. */
import { familyOf } from '../../aws/task-definition.ts';
import { readConfig } from '../../pipeline/stored.ts';
import { type MachineItem, machinePrefix, type RetirementItem } from '../../store/items/machine.ts';
import {
  type NamespaceItem,
  namespacesPartition,
  type PipelineItem,
  pipelinePartition,
  pipelinesPartition,
} from '../../store/items/pipeline.ts';
import { type ConfigItem, configPrefix } from '../../store/items/version.ts';
import type { Table } from '../../store/table.ts';
import { taskDefinitionOf } from '../../task/request.ts';
import type { Inventory } from './orphans.ts';
import type { Told } from './told.ts';

export type Versions = {
  readonly versions: Inventory['versions'];
  readonly knownMachines: ReadonlySet<string>;
  readonly knownFamilies: ReadonlySet<string>;
};

export async function versionsIn(
  table: Table,
  environment: Pick<Told, 'GOFER_INSTALLATION' | 'GOFER_DEFAULT_ARCHITECTURE' | 'GOFER_ATTACH_ROLE'>,
): Promise<Versions> {
  const versions: Inventory['versions'][number][] = [];
  // Machines of pipelines that were deleted stay for an hour, and are known by these alone.
  const retiring = (await table.getMany(await table.swept('retirement'))) as (RetirementItem | undefined)[];
  const uids = new Set(retiring.flatMap((each) => each?.uid ?? []));
  for (const { id: namespace } of (await table.query(namespacesPartition)) as NamespaceItem[])
    for (const pipeline of (await table.query(pipelinesPartition(namespace))) as PipelineItem[]) {
      uids.add(pipeline.uid);
      const configs = await table.query(pipelinePartition(pipeline.uid), { prefix: configPrefix });
      for (const config of configs as ConfigItem[])
        versions.push({
          namespace,
          pipeline: pipeline.id,
          version: config.version,
          live: pipeline.live === config.version,
          ...(config.machine && { machine: config.machine }),
          families: familiesOf(namespace, config, environment),
        });
    }
  const knownMachines = new Set(versions.flatMap(({ machine = [] }) => machine));
  const knownFamilies = new Set(versions.flatMap(({ families }) => families));
  for (const uid of uids)
    for (const machine of (await table.query(pipelinePartition(uid), { prefix: machinePrefix })) as MachineItem[]) {
      knownMachines.add(machine.name);
      for (const family of machine.definitions) knownFamilies.add(family);
    }
  return { versions, knownMachines, knownFamilies };
}

function familiesOf(namespace: string, item: ConfigItem, environment: Parameters<typeof versionsIn>[1]): string[] {
  const { GOFER_DEFAULT_ARCHITECTURE: architecture, GOFER_ATTACH_ROLE: attachRole } = environment;
  const settings = { architecture, ...(attachRole !== undefined && { attachRole }) };
  const config = readConfig(item);
  const families = config.tasks.map((task) =>
    familyOf(environment.GOFER_INSTALLATION, taskDefinitionOf(task, { ...config, namespace }, settings)),
  );
  return [...new Set(families)];
}
