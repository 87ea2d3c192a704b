/**
 * The steps of a deployment, each of which may be repeated by anybody: the call that asked for it, and the sweep.
 *
 * Deployments of a pipeline take effect in the order of their numbers: one starts when the one before is complete. A
 * worker that is late loses its conditions, all of which name the deployment's number.
 */
import { ConflictError } from '../errors.ts';
import { emit } from '../events/events.ts';
import type { Home } from '../home.ts';
import { managedElsewhere } from '../pipeline/managed.ts';
import { findPipeline } from '../pipeline/pipelines.ts';
import { readConfig } from '../pipeline/stored.ts';
import { announceScheduleOf, keepSchedule } from '../schedule/keep.ts';
import { pipelineKey } from '../store/items/pipeline.ts';
import { type ConfigItem, configKey, type DeploymentItem, deploymentKey } from '../store/items/version.ts';
import { all, any, equals, exists, less, missing } from '../store/table.ts';
import { ensureMachine, OutOfTimeError } from './machine.ts';
import { askRetirement } from './retire.ts';

export type DeploymentId = { readonly uid: string; readonly id: number };

/**
 * Takes the deployment to its end from wherever it stands. What fails, fails it: only table errors are thrown, and
 * {@link OutOfTimeError} when that is to take longer than `until`.
 */
export async function finishDeployment(home: Home, wanted: DeploymentId, until?: number): Promise<void> {
  const found = await find(home, wanted.uid, wanted.id);
  if (!found) return;
  if (found.state === 'running') {
    if (wanted.id > 1) await finishDeployment(home, { uid: wanted.uid, id: wanted.id - 1 }, until);
    await announce(home, found, 'started_deployment', found.started);
    const ready = found.ready === undefined ? await makeReady(home, found, until) : found;
    if (ready?.ready !== undefined) await release(home, ready, ready.ready);
  }
  await close(home, wanted);
}

/** Creates what the version needs; from then on the deployment can't fail. `undefined`: it has failed. */
async function makeReady(
  home: Home,
  deployment: DeploymentItem,
  until: number | undefined,
): Promise<DeploymentItem | undefined> {
  const { uid, id, end_version, started: since } = deployment;
  // Naming the deployment in the version keeps it from being deleted until this one is complete.
  const mark = { set: { deployment: id } };
  const key = configKey(uid, end_version);
  await home.table.update(key, mark, all(exists('pk'), any(missing('deployment'), less('deployment', id))));
  const version = (await home.table.get(key)) as ConfigItem | undefined;
  const failure = version
    ? await failureOf(async () => {
        // A stack may have taken the pipeline since this was asked for.
        const pipeline = await findPipeline(home, deployment.namespace, deployment.pipeline);
        const stack = pipeline?.managed_by?.stack;
        if (stack && stack !== deployment.stack) throw new ConflictError(managedElsewhere({ id: pipeline.id, stack }));
        await ensureMachine(home, deployment, end_version, readConfig(version), {
          known: version.machine,
          since,
          ...(until !== undefined && { until }),
        });
      })
    : `version ${end_version} was deleted`;
  if (failure !== undefined) {
    const set = { state: 'complete', status: 'failed', reason: failure, ended: home.now() };
    await home.table.update(deploymentKey(uid, id), { set }, undecided);
  } else {
    const { live } = (await findPipeline(home, deployment.namespace, deployment.pipeline)) ?? {};
    const set = { ready: home.now(), start_version: live ?? end_version };
    await home.table.update(deploymentKey(uid, id), { set }, undecided);
  }
  return find(home, uid, id);
}

/** Whether it fails is decided once, on its own row. */
const undecided = all(equals('state', 'running'), missing('ready'));

async function failureOf(attempt: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await attempt();
    return undefined;
  } catch (error) {
    if (error instanceof OutOfTimeError) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

/** The version goes live, the one before is deprecated, the deployment complete. */
async function release(home: Home, deployment: DeploymentItem, ready: number): Promise<void> {
  const { uid, id, namespace, pipeline, start_version, end_version, stack } = deployment;
  const version = (await home.table.get(configKey(uid, end_version))) as ConfigItem | undefined;
  const config = version && readConfig(version);
  const concerned =
    config && (await announceScheduleOf(home, { namespace, id: pipeline, uid }, end_version, config, stack));
  const inOrder = any(missing('last_deployment'), less('last_deployment', id));
  const live = { live: end_version, parallelism: config?.parallelism, last_deployment: id };
  await home.table.update(pipelineKey(namespace, pipeline), { set: live }, all(equals('uid', uid), inOrder));
  if (concerned) await keepSchedule(home, { namespace, id: pipeline, uid });
  const older = all(exists('pk'), any(missing('deployment'), less('deployment', id)));
  await home.table.update(configKey(uid, start_version), { set: { deprecated: ready } }, older);
  await askRetirement(home, { uid, namespace, id: pipeline });
  const set = { state: 'complete', status: 'successful', ended: home.now() };
  await home.table.update(deploymentKey(uid, id), { set }, equals('state', 'running'));
}

/** The last event, then it is off the sweep's list. */
async function close(home: Home, { uid, id }: DeploymentId): Promise<void> {
  const deployment = await find(home, uid, id);
  if (deployment?.state !== 'complete' || !deployment.sweep) return;
  await announce(home, deployment, 'completed_deployment', deployment.ended);
  await home.table.update(deploymentKey(uid, id), { remove: ['sweep'] }, exists('pk'));
}

async function announce(
  home: Home,
  { uid, id, namespace, pipeline, start_version, end_version }: DeploymentItem,
  name: 'started_deployment' | 'completed_deployment',
  time: number,
): Promise<void> {
  const details = { namespace_id: namespace, pipeline_id: pipeline, start_version, end_version };
  const kind = name === 'started_deployment' ? { started_deployment: details } : { completed_deployment: details };
  await emit(home, { time, kind, key: `pipeline/${uid}/deployment/${id}/${name}` });
}

async function find(home: Home, uid: string, id: number): Promise<DeploymentItem | undefined> {
  return (await home.table.get(deploymentKey(uid, id))) as DeploymentItem | undefined;
}
