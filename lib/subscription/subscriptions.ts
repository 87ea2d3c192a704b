/** Subscriptions: what a pipeline asks of an extension. The row is written first; then the extension is told. */
import { ConflictError, InvalidError, NotFoundError } from '../errors.ts';
import { findExtension, getExtension, hostOf } from '../extension/extensions.ts';
import { ExtensionRefusedError } from '../extension/protocol.ts';
import type { Home } from '../home.ts';
import { beingDeleted } from '../pipeline/pipelines.ts';
import { didYouMean } from '../pipeline/suggestion.ts';
import {
  type SubscriptionItem,
  subscriptionKey,
  subscriptionPrefix,
  subscriptionsPartition,
} from '../store/items/extension.ts';
import type { PipelineItem } from '../store/items/pipeline.ts';
import { equals, exists, missing } from '../store/table.ts';
import { removeSubscription } from './remove.ts';
import { hasPipeline } from './restore.ts';
import { emitRegistered, refOf } from './tell.ts';

export type SubscriptionId = { readonly extension: string; readonly id: string };

/** Subscribes the pipeline; it is active when this returns. What the extension refuses does not exist. */
export async function createSubscription(
  home: Home,
  pipeline: PipelineItem,
  { extension, id, settings }: SubscriptionId & Pick<SubscriptionItem, 'settings'>,
): Promise<SubscriptionItem> {
  if (!/^[a-zA-Z0-9-]{3,32}$/.test(id))
    throw new InvalidError(`subscription id "${id}" must be 3 to 32 letters, digits or hyphens`);
  await getExtension(home, extension);
  const host = hostOf(home);
  return host.inTurn(extension, async () => {
    const client = await host.client(await getExtension(home, extension));
    const { namespace, uid } = pipeline;
    const item: SubscriptionItem = {
      ...subscriptionKey(uid, extension, id),
      ...{ id, namespace, pipeline: pipeline.id, uid, extension, settings },
      status: 'unknown',
      created: home.now(),
    };
    if (!(await home.table.put(item, missing('pk'))))
      throw new ConflictError(
        `pipeline "${pipeline.id}" has a subscription "${id}" to extension "${extension}" already`,
      );
    try {
      // Deleting a pipeline marks it before it looks for subscriptions: one of the two sees the other.
      if (!(await hasPipeline(home, item))) throw beingDeleted(pipeline);
      await client.subscribe(refOf(item), settings);
    } catch (error) {
      // An answer that did not come says nothing about whether it was taken.
      if (!(error instanceof ExtensionRefusedError)) await client.unsubscribe(refOf(item)).catch(() => undefined);
      await home.table.delete(item, equals('created', item.created));
      throw error;
    }
    const active = await home.table.update(item, { set: { status: 'active' } }, exists('pk'));
    await emitRegistered(home, item);
    return (active as SubscriptionItem | undefined) ?? item;
  });
}

export async function getSubscription(
  home: Home,
  pipeline: PipelineItem,
  { extension, id }: SubscriptionId,
): Promise<SubscriptionItem> {
  const item = await home.table.get(subscriptionKey(pipeline.uid, extension, id));
  if (item) return item as SubscriptionItem;
  const known = (await listSubscriptions(home, pipeline)).filter((each) => each.extension === extension);
  const suggestion = didYouMean(
    id,
    known.map((each) => each.id),
  );
  throw new NotFoundError('subscription', id, `of pipeline "${pipeline.id}" to extension "${extension}"`, suggestion);
}

/** Ordered by extension and id. */
export async function listSubscriptions(home: Home, { uid }: PipelineItem): Promise<SubscriptionItem[]> {
  return (await home.table.query(subscriptionsPartition, { prefix: subscriptionPrefix(uid) })) as SubscriptionItem[];
}

/** A disabled subscription is kept, and the extension knows nothing of it. */
export async function setSubscriptionStatus(
  home: Home,
  pipeline: PipelineItem,
  { extension, id, status }: SubscriptionId & { readonly status: 'active' | 'disabled' },
): Promise<void> {
  await getSubscription(home, pipeline, { extension, id });
  const host = hostOf(home);
  await host.inTurn(extension, async () => {
    const item = await getSubscription(home, pipeline, { extension, id });
    if (item.status === status) return;
    const same = equals('created', item.created);
    if (status === 'active') {
      const client = await host.client(await getExtension(home, extension));
      // The row first: one that the extension has, and no row, nobody would take from it.
      await home.table.update(item, { set: { status: 'unknown' } }, same);
      try {
        await client.subscribe(refOf(item), item.settings);
      } catch (error) {
        await home.table.update(item, { set: { status: item.status } }, same);
        throw error;
      }
    } else await untell(home, item);
    await home.table.update(item, { set: { status }, remove: ['reason'] }, same);
  });
}

/** The extension lets go of the pipeline before the subscription is gone. */
export async function deleteSubscription(home: Home, pipeline: PipelineItem, wanted: SubscriptionId): Promise<void> {
  const found = await getSubscription(home, pipeline, wanted);
  await inTurn(home, found, async (now) => {
    await untell(home, now);
    await removeSubscription(home, now);
  });
}

/** A pipeline that is being deleted has no subscriptions any more. An extension that can't be told starts nothing of it. */
export async function deleteSubscriptions(home: Home, pipeline: PipelineItem): Promise<void> {
  for (const item of await listSubscriptions(home, pipeline)) {
    await inTurn(home, item, async (now) => {
      await untell(home, now).catch(() => undefined);
      await removeSubscription(home, now);
    });
  }
}

/** Calls `work` with the subscription as it is when nobody else changes it, unless it is gone by then. */
async function inTurn(
  { extensions, table }: Home,
  found: SubscriptionItem,
  work: (now: SubscriptionItem) => Promise<void>,
) {
  const turn = async () => {
    const now = (await table.get(found)) as SubscriptionItem | undefined;
    if (now?.created === found.created) await work(now);
  };
  await (extensions ? extensions.inTurn(found.extension, turn) : turn());
}

/** One that does not run knows nothing, and will be told nothing of it when it starts. */
async function untell(home: Home, item: SubscriptionItem): Promise<void> {
  const { extensions } = home;
  const extension = item.status === 'disabled' ? undefined : await findExtension(home, item.extension);
  const state = extension && extensions?.sight(extension)?.state;
  if (!extensions || !extension || state === undefined || state === 'exited') return;
  const client = await extensions.client(extension);
  await client.unsubscribe(refOf(item));
}
