/** The end of a pipeline: its runs are cancelled, and its name is free for another one. */
import { removePipelineToken } from '../access/pipeline-token.ts';
import { askRetirement } from '../deployment/retire.ts';
import { emit } from '../events/events.ts';
import type { Home } from '../home.ts';
import { cancelRun } from '../run/cancel.ts';
import { unsettledRuns } from '../run/unsettled.ts';
import { announceSchedule, keepSchedule } from '../schedule/keep.ts';
import { deletePipelineSecrets } from '../secret/pipeline-secrets.ts';
import { type PipelineItem, pipelineKey } from '../store/items/pipeline.ts';
import { all, equals, missing } from '../store/table.ts';
import { deleteSubscriptions } from '../subscription/subscriptions.ts';
import { refuseManaged } from './managed.ts';
import { getPipeline } from './pipelines.ts';

/**
 * Disables the pipeline for good, cancels its runs and removes it. What its uid's runs, configs and deployments recorded
 * stays in the table, but a pipeline made again under the same name has another uid and never meets it.
 */
export async function deletePipeline(home: Home, namespace: string, id: string): Promise<void> {
  const found = await getPipeline(home, namespace, id);
  refuseManaged(found);
  const { uid } = found;
  const key = pipelineKey(namespace, id);
  const now = home.now();
  const set = { state: 'disabled', modified: now, deleting: now };
  const concerned = await announceSchedule(home, found);
  await home.table.update(key, { set }, all(equals('uid', uid), missing('deleting'), missing('managed_by')));
  if (concerned) await keepSchedule(home, found);

  const pipeline = (await home.table.get(key)) as PipelineItem | undefined;
  if (pipeline?.uid !== uid) return;
  // A stack may have taken it in the meantime.
  refuseManaged(pipeline);
  await cancelAll(home, pipeline);
  await deleteSubscriptions(home, pipeline);
  await deletePipelineSecrets(home, pipeline);
  await removePipelineToken(home, pipeline);
  const kind = { deleted_pipeline: { namespace_id: namespace, pipeline_id: id } };
  await emit(home, { time: pipeline.deleting ?? now, kind, key: `pipeline/${uid}/deleted` });
  await askRetirement(home, pipeline);
  await home.table.delete(key, equals('uid', uid));
  // A run that was accepted meanwhile; one that comes even later finds no pipeline, and the sweep cancels it.
  await cancelAll(home, pipeline);
}

async function cancelAll(home: Home, pipeline: PipelineItem): Promise<void> {
  for (const { uid, number } of await unsettledRuns(home, pipeline)) await cancelRun(home, { uid, number }, 'user');
}
