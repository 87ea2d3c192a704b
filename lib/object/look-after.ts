/** Pipelines of which something is kept for a number of runs. */
import type { Home } from '../home.ts';
import { storeKey } from '../store/items/object.ts';
import type { PipelineItem } from '../store/items/pipeline.ts';
import { missing } from '../store/table.ts';

/** The sweep finds the pipeline from here on. */
export async function lookAfter(
  home: Home,
  { uid, namespace, id }: Pick<PipelineItem, 'uid' | 'namespace' | 'id'>,
): Promise<void> {
  const key = storeKey(uid);
  if (await home.table.get(key)) return;
  await home.table.put({ ...key, uid, namespace, pipeline: id, sweep: 'store' }, missing('pk'));
}
