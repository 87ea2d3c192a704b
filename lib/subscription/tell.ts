/** A subscription as the extension and the events know it. */
import { emit } from '../events/events.ts';
import type { Home } from '../home.ts';
import type { SubscriptionItem } from '../store/items/extension.ts';

/** How the extension knows it. */
export const refOf = ({ namespace, pipeline, id }: SubscriptionItem) => ({
  namespace_id: namespace,
  pipeline_id: pipeline,
  pipeline_subscription_id: id,
});

export async function emitRegistered(home: Home, item: SubscriptionItem): Promise<void> {
  const kind = { pipeline_extension_subscription_registered: detailsOf(item) };
  await emit(home, { time: item.created, kind, key: `${keyOf(item)}/registered` });
}

export async function emitUnregistered(home: Home, item: SubscriptionItem, time: number): Promise<void> {
  const kind = { pipeline_extension_subscription_unregistered: detailsOf(item) };
  await emit(home, { time, kind, key: `${keyOf(item)}/unregistered` });
}

const keyOf = ({ uid, extension, id, created }: SubscriptionItem) =>
  `subscription/${uid}/${extension}/${id}/${created}`;

const detailsOf = ({ namespace, pipeline, extension, id }: SubscriptionItem) => ({
  namespace_id: namespace,
  pipeline_id: pipeline,
  extension_id: extension,
  subscription_id: id,
});
