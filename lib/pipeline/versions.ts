/** The registered versions of a pipeline. */
import { ConflictError, NotFoundError } from '../errors.ts';
import type { Home } from '../home.ts';
import { unsettledRuns } from '../run/unsettled.ts';
import { type PipelineItem, pipelineKey, pipelinePartition } from '../store/items/pipeline.ts';
import {
  type ConfigItem,
  configKey,
  configPrefix,
  type DeploymentItem,
  deploymentKey,
} from '../store/items/version.ts';
import { type Page, queryPage } from '../store/page.ts';
import { all, equals, exists, less, missing } from '../store/table.ts';
import { contractConfig } from './contract.ts';
import { refuseManaged } from './managed.ts';
import { getPipeline } from './pipelines.ts';
import { readConfig } from './stored.ts';

export async function newestVersion(home: Home, uid: string): Promise<ConfigItem | undefined> {
  const [newest] = await home.table.query(pipelinePartition(uid), { prefix: configPrefix, reverse: true, limit: 1 });
  return newest as ConfigItem | undefined;
}

/** The newest version with this content. Read in small pages: it is one of the last, as a rule. */
export async function versionWith(home: Home, uid: string, hash: string): Promise<ConfigItem | undefined> {
  const limit = 5;
  let to: string | undefined;
  for (;;) {
    const range = to === undefined ? { prefix: configPrefix } : { from: configPrefix, to };
    const page = await home.table.query(pipelinePartition(uid), { ...range, reverse: true, limit });
    const found = (page as ConfigItem[]).find((item) => item.hash === hash);
    const last = page.at(-1) as ConfigItem | undefined;
    if (found || !last || last.version === 1 || page.length < limit) return found;
    to = configKey(uid, last.version - 1).sk;
  }
}

export async function getVersion(home: Home, pipeline: PipelineItem, version: number): Promise<ConfigItem> {
  const item = await home.table.get(configKey(pipeline.uid, version));
  if (item) return item as ConfigItem;
  throw new NotFoundError('version', version, `in pipeline "${pipeline.id}"`, `its newest is ${pipeline.last_version}`);
}

/** Newest first, as Gofer's clients expect it; `reverse` is oldest first. */
export async function listVersions(home: Home, pipeline: PipelineItem, page: Page = {}): Promise<ConfigItem[]> {
  const newestFirst = { ...page, reverse: !page.reverse };
  const range = { prefix: configPrefix };
  return (await queryPage(home.table, pipelinePartition(pipeline.uid), newestFirst, range)) as ConfigItem[];
}

/** The version that a run started now would take. */
export const runnableVersion = ({ live, last_version }: PipelineItem): number => live ?? last_version;

const stateOf = (pipeline: PipelineItem, { version, deprecated }: ConfigItem) =>
  pipeline.live === version ? 'live' : deprecated ? 'deprecated' : 'unreleased';

/** The contract's `Config`: what was registered, and how it stands. */
export const versionView = (pipeline: PipelineItem, item: ConfigItem) =>
  contractConfig(readConfig(item), {
    namespace: pipeline.namespace,
    version: item.version,
    state: stateOf(pipeline, item),
    registered: item.registered,
    deprecated: pipeline.live === item.version ? 0 : item.deprecated,
  });

/** Deletes a version that no run, present or to come, needs. Its number is not given again. */
export async function deleteVersion(
  home: Home,
  wanted: { readonly namespace: string; readonly pipeline: string; readonly version: number },
): Promise<void> {
  const { namespace, pipeline: id, version } = wanted;
  const refuse = (why: string) => new ConflictError(`version ${version} of pipeline "${id}" ${why}`);
  // The version is read before what may use it: a deployment that comes later changes it, and the delete is lost.
  const item = await getVersion(home, await getPipeline(home, namespace, id), version);
  const pipeline = await getPipeline(home, namespace, id);
  refuseManaged(pipeline);
  if (pipeline.live === version) throw refuse('is live; deploy another one first');
  if (runnableVersion(pipeline) === version)
    throw refuse('is what runs use until one is deployed; deploy another one first');
  const users = (await unsettledRuns(home, pipeline)).filter((run) => run.version === version);
  if (users.length)
    throw refuse(`is used by run ${users.map(({ number }) => number).join(', ')}; wait or cancel first`);
  if (await isBeingDeployed(home, pipeline, item)) throw refuse('is being deployed');

  const counted = all(equals('uid', pipeline.uid), less('last_version', version));
  await home.table.update(pipelineKey(namespace, id), { set: { last_version: version } }, counted);
  const { deployment } = item;
  const unchanged = deployment === undefined ? missing('deployment') : equals('deployment', deployment);
  if (!(await home.table.delete(configKey(pipeline.uid, version), all(exists('pk'), unchanged))))
    throw refuse('is being changed; try again');
}

async function isBeingDeployed(home: Home, { uid }: PipelineItem, { deployment }: ConfigItem): Promise<boolean> {
  if (deployment === undefined) return false;
  return ((await home.table.get(deploymentKey(uid, deployment))) as DeploymentItem | undefined)?.state === 'running';
}
