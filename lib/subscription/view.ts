/** Subscriptions as the API gives them: what is wrong with the extension now is wrong with its subscriptions. */
import { findExtension, listExtensions, sightOf } from '../extension/extensions.ts';
import type { Home } from '../home.ts';
import type { ExtensionItem, SubscriptionItem } from '../store/items/extension.ts';

export async function subscriptionViews(home: Home, items: readonly SubscriptionItem[]) {
  const installed = new Map((await listExtensions(home)).map((each) => [each.id, each]));
  return items.map((item) => viewOf(home, item, installed.get(item.extension)));
}

export const subscriptionView = async (home: Home, item: SubscriptionItem) =>
  viewOf(home, item, await findExtension(home, item.extension));

function viewOf(home: Home, item: SubscriptionItem, installed: ExtensionItem | undefined) {
  const { namespace, pipeline, extension, id, settings } = item;
  const trouble = item.status === 'disabled' ? undefined : troubleOf(home, item, installed);
  return {
    namespace_id: namespace,
    pipeline_id: pipeline,
    extension_id: extension,
    subscription_id: id,
    settings,
    status: trouble ? ('error' as const) : item.status,
    ...(trouble && { status_reason: trouble }),
  };
}

function troubleOf(home: Home, { extension, reason }: SubscriptionItem, installed: ExtensionItem | undefined) {
  if (!installed)
    return { reason: 'not_found' as const, description: `extension "${extension}" is not installed any more` };
  const sight = sightOf(home, installed);
  if (sight.state === 'exited')
    return { reason: 'failed' as const, description: `extension "${extension}" does not run: ${sight.reason}` };
  return reason === undefined ? undefined : { reason: 'failed' as const, description: reason };
}
