/** Tells an extension that has come up which subscriptions it has. */
import { type ExtensionClient, isUnanswered } from '../extension/protocol.ts';
import type { Home } from '../home.ts';
import { type SubscriptionItem, subscriptionsPartition } from '../store/items/extension.ts';
import { pipelineKey } from '../store/items/pipeline.ts';
import { all, differs, exists } from '../store/table.ts';
import { removeSubscription } from './remove.ts';
import { emitRegistered, refOf } from './tell.ts';

/** One that the extension doesn't take is marked with the reason, and keeps no other from it. `false`: one got no answer. */
export async function restoreSubscriptions(home: Home, extension: string, client: ExtensionClient): Promise<boolean> {
  let answered = true;
  for (const item of await subscriptionsOf(home, extension))
    if (item.status !== 'disabled' || item.removed !== undefined)
      answered = (await restore(home, item, client)) && answered;
  return answered;
}

/** All subscriptions to an extension, of every pipeline. */
export async function subscriptionsOf(home: Pick<Home, 'table'>, extension: string): Promise<SubscriptionItem[]> {
  const items = (await home.table.query(subscriptionsPartition)) as SubscriptionItem[];
  return items.filter((item) => item.extension === extension);
}

async function restore(home: Home, item: SubscriptionItem, client: ExtensionClient): Promise<boolean> {
  // Whoever removed it died before it was gone.
  const removed = item.removed !== undefined;
  if (removed || !(await hasPipeline(home, item))) {
    await client.unsubscribe(refOf(item)).catch(() => undefined);
    // Its pipeline was deleted while it was being made.
    if (!removed && item.status === 'unknown') await home.table.delete(item);
    else await removeSubscription(home, item);
    return true;
  }
  const wanted = all(exists('pk'), differs('status', 'disabled'));
  try {
    await client.subscribe(refOf(item), item.settings);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await home.table.update(item, { set: { status: 'error', reason } }, wanted);
    return !isUnanswered(error);
  }
  // Removed or switched off meanwhile, by somebody who could not tell the extension.
  if (!(await home.table.update(item, { set: { status: 'active' }, remove: ['reason'] }, wanted)))
    await client.unsubscribe(refOf(item)).catch(() => undefined);
  // Whoever asked for it died before it could be told.
  else if (item.status === 'unknown') await emitRegistered(home, item);
  return true;
}

/** Whether the pipeline is there, itself and not one that was made again under its name, and is to stay. */
export async function hasPipeline({ table }: Home, { namespace, pipeline, uid }: SubscriptionItem): Promise<boolean> {
  const found = await table.get(pipelineKey(namespace, pipeline));
  return found?.['uid'] === uid && found['deleting'] === undefined;
}
