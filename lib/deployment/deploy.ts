/** Deployments: which version of a pipeline is live, and how that came about. */
import { ConflictError } from '../errors.ts';
import type { Home } from '../home.ts';
import { type Manager, refuseManaged } from '../pipeline/managed.ts';
import { beingDeleted, getPipeline } from '../pipeline/pipelines.ts';
import { readConfig } from '../pipeline/stored.ts';
import { getVersion } from '../pipeline/versions.ts';
import { checkRoles } from '../run/precondition.ts';
import type { PipelineItem } from '../store/items/pipeline.ts';
import { type DeploymentItem, deploymentKey } from '../store/items/version.ts';
import { equals, missing } from '../store/table.ts';
import { deploymentsOf, versionBefore } from './deployments.ts';
import { finishDeployment } from './finish.ts';
import { OutOfTimeError } from './machine.ts';

/**
 * Makes a version live, and returns the record as it was first written: running. Its end is in the record that
 * `getDeployment` reads; when the version can't be made ready it is failed there, and the old one stays live. What takes
 * longer than `until` allows, the sweep ends.
 */
export async function deploy(
  home: Home,
  wanted: {
    readonly namespace: string;
    readonly pipeline: string;
    readonly version: number;
    /** The stack that keeps the pipeline. */
    readonly manager?: Manager;
    /** Epoch milliseconds. Absent: to its end. */
    readonly until?: number;
  },
): Promise<DeploymentItem> {
  const pipeline = await getPipeline(home, wanted.namespace, wanted.pipeline);
  if (pipeline.deleting !== undefined) throw beingDeleted(pipeline);
  refuseManaged(pipeline, wanted.manager);
  const version = await getVersion(home, pipeline, wanted.version);
  if (home.settings.kind === 'aws' && !wanted.manager) checkRoles(readConfig(version), home.settings.taskRoles);
  const record = await begin(home, pipeline, wanted.version, wanted.manager);
  try {
    await finishDeployment(home, record, wanted.until);
  } catch (error) {
    if (!(error instanceof OutOfTimeError)) throw error;
    await home.table.update(deploymentKey(record.uid, record.id), { set: { left: true } }, equals('state', 'running'));
  }
  return record;
}

async function begin(
  home: Home,
  { uid, namespace, id: pipeline, live }: PipelineItem,
  version: number,
  manager: Manager | undefined,
) {
  for (;;) {
    const [newest] = await deploymentsOf(home, uid, { reverse: true, limit: 1 });
    const id = (newest?.id ?? 0) + 1;
    const record: DeploymentItem = {
      ...deploymentKey(uid, id),
      id,
      namespace,
      pipeline,
      uid,
      start_version: live ?? version,
      end_version: version,
      started: home.now(),
      ended: 0,
      state: 'running',
      status: 'unknown',
      ...(manager && { stack: manager.stack }),
      sweep: 'deployment',
    };
    if (await home.table.put(record, missing('pk'))) return record;
  }
}

/**
 * Deploys the version that was live before the one that is. Twice leads back to where it began; for an older one, deploy
 * it by its number.
 */
export async function rollback(
  home: Home,
  wanted: { readonly namespace: string; readonly pipeline: string; readonly until?: number },
): Promise<DeploymentItem> {
  const pipeline = await getPipeline(home, wanted.namespace, wanted.pipeline);
  refuseManaged(pipeline);
  const version = await versionBefore(home, pipeline);
  if (version === undefined) {
    const live = pipeline.live === undefined ? 'nothing is live' : `no version was live before ${pipeline.live}`;
    throw new ConflictError(`pipeline "${pipeline.id}" has nothing to roll back to: ${live}`);
  }
  return deploy(home, { ...wanted, version });
}
