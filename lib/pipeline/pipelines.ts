/** Pipelines as they are found, listed, switched off and on. */
import { ConflictError, InvalidError, NotFoundError } from '../errors.ts';
import { emit } from '../events/events.ts';
import type { Home } from '../home.ts';
import { getNamespace } from '../namespace/namespaces.ts';
import { announceSchedule, keepSchedule } from '../schedule/keep.ts';
import { type PipelineItem, pipelineKey, pipelinesPartition } from '../store/items/pipeline.ts';
import { type Page, queryPage } from '../store/page.ts';
import { all, equals, missing } from '../store/table.ts';
import { didYouMean } from './suggestion.ts';

export async function findPipeline(home: Home, namespace: string, id: string): Promise<PipelineItem | undefined> {
  return (await home.table.get(pipelineKey(namespace, id))) as PipelineItem | undefined;
}

/** 404 names the namespace when that is what is missing. */
export async function getPipeline(home: Home, namespace: string, id: string): Promise<PipelineItem> {
  const pipeline = await findPipeline(home, namespace, id);
  if (pipeline) return pipeline;
  const suggestion = didYouMean(
    id,
    (await listPipelines(home, namespace)).map((each) => each.id),
  );
  throw new NotFoundError('pipeline', id, `in namespace "${namespace}"`, suggestion);
}

/** Ordered by id. */
export async function listPipelines(home: Home, namespace: string, page: Page = {}): Promise<PipelineItem[]> {
  await getNamespace(home, namespace);
  return (await queryPage(home.table, pipelinesPartition(namespace), page)) as PipelineItem[];
}

/** A disabled pipeline starts no runs; those that have started go on. */
export async function setPipelineState(
  home: Home,
  { namespace, pipeline: id, state }: { readonly namespace: string; readonly pipeline: string; readonly state: string },
): Promise<PipelineItem> {
  if (state !== 'active' && state !== 'disabled')
    throw new InvalidError(`state "${state}" can not be set; use "active" or "disabled"`);
  const before = await getPipeline(home, namespace, id);
  if (before.deleting !== undefined) throw beingDeleted(before);
  const concerned = await announceSchedule(home, before);
  const set = { state, modified: home.now() };
  const changes = all(equals('uid', before.uid), equals('modified', before.modified), missing('deleting'));
  if (before.state !== state && !(await home.table.update(pipelineKey(namespace, id), { set }, changes)))
    return setPipelineState(home, { namespace, pipeline: id, state });
  if (concerned) await keepSchedule(home, before);
  const pipeline = await getPipeline(home, namespace, id);
  if (pipeline.modified) await emitState(home, pipeline);
  return pipeline;
}

export async function emitState(home: Home, { namespace, id, uid, state, modified }: PipelineItem): Promise<void> {
  const ids = { namespace_id: namespace, pipeline_id: id };
  const kind = state === 'active' ? { enabled_pipeline: ids } : { disabled_pipeline: ids };
  await emit(home, { time: modified, kind, key: `pipeline/${uid}/${modified}/${state}` });
}

export const beingDeleted = ({ id }: Pick<PipelineItem, 'id'>) =>
  new ConflictError(`pipeline "${id}" is being deleted; delete it again to finish that`);

export const pipelineView = ({ namespace, id, created, modified, state, managed_by }: PipelineItem) => ({
  namespace_id: namespace,
  pipeline_id: id,
  created,
  modified,
  state,
  ...(managed_by && { managed_by: { stack: managed_by.stack } }),
});
