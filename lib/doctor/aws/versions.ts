/** The registered versions in the table, with the names of what each needs. */
import { familyOf } from '../../aws/task-definition.ts';
import { readConfig } from '../../pipeline/stored.ts';
import {
  type ConfigItem,
  configPrefix,
  type NamespaceItem,
  namespacesPartition,
  type PipelineItem,
  pipelinePartition,
  pipelinesPartition,
} from '../../store/items.ts';
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
  environment: Pick<Told, 'GOFER_INSTALLATION' | 'GOFER_DEFAULT_ARCHITECTURE'>,
): Promise<Versions> {
  const versions: Inventory['versions'][number][] = [];
  for (const { id: namespace } of (await table.query(namespacesPartition)) as NamespaceItem[])
    for (const pipeline of (await table.query(pipelinesPartition(namespace))) as PipelineItem[]) {
      const configs = await table.query(pipelinePartition(pipeline.uid), { prefix: configPrefix });
      for (const config of configs as ConfigItem[])
        versions.push({
          namespace,
          pipeline: pipeline.id,
          version: config.version,
          live: pipeline.live === config.version,
          ...(config.machine && { machine: config.machine }),
          families: familiesOf(config, environment),
        });
    }
  return {
    versions,
    knownMachines: new Set(versions.flatMap(({ machine = [] }) => machine)),
    knownFamilies: new Set(versions.flatMap(({ families }) => families)),
  };
}

function familiesOf(config: ConfigItem, environment: Parameters<typeof versionsIn>[1]): string[] {
  const settings = { architecture: environment.GOFER_DEFAULT_ARCHITECTURE };
  const families = readConfig(config).tasks.map((task) =>
    familyOf(environment.GOFER_INSTALLATION, taskDefinitionOf(task, settings)),
  );
  return [...new Set(families)];
}
