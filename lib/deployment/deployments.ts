/** Deployments as they are found, listed and shown. */
import { NotFoundError } from '../errors.ts';
import type { Home } from '../home.ts';
import { getPipeline } from '../pipeline/pipelines.ts';
import { type PipelineItem, pipelinePartition } from '../store/items/pipeline.ts';
import { configKey, type DeploymentItem, deploymentKey, deploymentPrefix } from '../store/items/version.ts';
import { type Page, queryPage } from '../store/page.ts';

export async function getDeployment(
  home: Home,
  {
    namespace,
    pipeline: id,
    deployment,
  }: { readonly namespace: string; readonly pipeline: string; readonly deployment: number },
): Promise<DeploymentItem> {
  const pipeline = await getPipeline(home, namespace, id);
  const item = await home.table.get(deploymentKey(pipeline.uid, deployment));
  if (!item) throw new NotFoundError('deployment', deployment, `of pipeline "${id}"`);
  return item as DeploymentItem;
}

/** Oldest first. */
export async function listDeployments(
  home: Home,
  { namespace, pipeline: id }: { readonly namespace: string; readonly pipeline: string },
  page: Page = {},
): Promise<DeploymentItem[]> {
  return deploymentsOf(home, (await getPipeline(home, namespace, id)).uid, page);
}

export async function deploymentsOf(home: Home, uid: string, page: Page): Promise<DeploymentItem[]> {
  return (await queryPage(home.table, pipelinePartition(uid), page, { prefix: deploymentPrefix })) as DeploymentItem[];
}

/** The version that a rollback leads to: the one that was live before the one that is. */
export async function versionBefore(home: Home, { uid, live }: PipelineItem): Promise<number | undefined> {
  const deployments = await deploymentsOf(home, uid, { reverse: true });
  const earlier = deployments.filter(({ status, end_version }) => status === 'successful' && end_version !== live);
  for (const version of new Set(earlier.map(({ end_version }) => end_version)))
    if (await home.table.get(configKey(uid, version))) return version;
  return undefined;
}

const states = { running: 'Running', complete: 'Complete' } as const;
const statuses = { unknown: 'Unknown', failed: 'Failed', successful: 'Successful' } as const;

export const deploymentView = (deployment: DeploymentItem) => ({
  namespace_id: deployment.namespace,
  pipeline_id: deployment.pipeline,
  deployment_id: deployment.id,
  start_version: deployment.start_version,
  end_version: deployment.end_version,
  started: deployment.started,
  ended: deployment.ended,
  state: states[deployment.state],
  status: statuses[deployment.status],
  // `Unknown` is the only reason that the contract has.
  status_reason:
    deployment.reason === undefined ? null : { reason: 'Unknown' as const, description: deployment.reason },
  logs: [],
});
