/**
 * What an extension may do by its own token, whatever roles it was given besides: look at itself, keep objects, read what
 * belongs to the pipelines that subscribe to it, and start their runs.
 */
import type { Asked } from '../access/allows.ts';
import type { Resource } from '../access/permission.ts';
import type { Home } from '../home.ts';
import type { SubscriptionItem } from '../store/items/extension.ts';
import { subscriptionsOf } from '../subscription/restore.ts';

type Subscribed = Pick<SubscriptionItem, 'namespace' | 'pipeline'>;

/** As of now: a pipeline that unsubscribes is out of the extension's reach with its next request. */
export async function extensionRights(home: Pick<Home, 'table'>, id: string): Promise<(asked: Asked) => boolean> {
  const subscriptions = await subscriptionsOf(home, id);
  const active = subscriptions.filter(({ status, removed }) => status !== 'disabled' && removed === undefined);
  return (asked) => mayOfItself(id, asked) || mayOfPipelines(active, asked);
}

/** A list without a name shows what may be read by name. */
function mayOfItself(id: string, { resource, action, ids }: Asked): boolean {
  if (resource === 'extensions') return action === 'read' && (ids.extensions ?? id) === id;
  return resource === 'objects' && ids.extensions === id;
}

const readable: readonly Resource[] = ['configs', 'deployments', 'events', 'namespaces', 'pipelines', 'runs'];

function mayOfPipelines(subscriptions: readonly Subscribed[], { resource, action, deed, ids }: Asked): boolean {
  const { namespaces, pipelines, extensions } = ids;
  if (extensions !== undefined) return false;
  if (action === 'write') {
    if (deed !== 'start' || resource !== 'runs' || namespaces === undefined || pipelines === undefined) return false;
  } else if (action !== 'read' || !readable.includes(resource)) return false;
  return subscriptions.some(
    (each) =>
      (namespaces === undefined || namespaces === each.namespace) &&
      (pipelines === undefined || pipelines === each.pipeline),
  );
}
