/** Which tasks of live versions would miss a secret. */
import type { Home } from '../home.ts';
import { readConfig } from '../pipeline/stored.ts';
import {
  type NamespaceItem,
  namespacesPartition,
  type PipelineItem,
  pipelinesPartition,
} from '../store/items/pipeline.ts';
import { type ConfigItem, configKey } from '../store/items/version.ts';
import type { SecretReference } from '../task/interpolation.ts';
import { allowsNamespace } from './namespaces.ts';
import { usersOf } from './references.ts';

/** Naming more helps nobody. */
const mostNamed = 5;

/** `task "build" of pipeline "default/app" uses it`; `undefined`: none does. */
export async function usesInPipeline(
  home: Home,
  pipeline: PipelineItem,
  reference: SecretReference,
): Promise<string | undefined> {
  return sentence(await usersIn(home, pipeline, reference));
}

/** The same of a global secret, in every namespace that may use it. */
export async function usesInNamespaces(
  home: Home,
  key: string,
  namespaces: readonly string[],
): Promise<string | undefined> {
  const users: string[] = [];
  for (const { id } of (await home.table.query(namespacesPartition)) as NamespaceItem[]) {
    if (!allowsNamespace(namespaces, id)) continue;
    for (const pipeline of (await home.table.query(pipelinesPartition(id))) as PipelineItem[])
      users.push(...(await usersIn(home, pipeline, { kind: 'global_secret', key })));
  }
  return sentence(users);
}

async function usersIn(home: Home, pipeline: PipelineItem, reference: SecretReference): Promise<string[]> {
  if (pipeline.live === undefined) return [];
  const item = (await home.table.get(configKey(pipeline.uid, pipeline.live))) as ConfigItem | undefined;
  const tasks = item ? usersOf(readConfig(item), reference) : [];
  return tasks.map((task) => `task "${task}" of pipeline "${pipeline.namespace}/${pipeline.id}"`);
}

function sentence(users: readonly string[]): string | undefined {
  if (!users.length) return undefined;
  const named = users.slice(0, mostNamed).join(', ');
  const others = users.length > mostNamed ? ` and ${users.length - mostNamed} others` : '';
  return `it is gone, and ${named}${others} will fail without it`;
}
