/** The end of a subscription: it is marked, that is told, then the row goes. Whoever dies in between may be repeated. */
import type { Home } from '../home.ts';
import type { SubscriptionItem } from '../store/items/extension.ts';
import { all, equals, missing } from '../store/table.ts';
import { emitUnregistered } from './tell.ts';

export async function removeSubscription(home: Home, { pk, sk, created }: SubscriptionItem): Promise<void> {
  const key = { pk, sk };
  const same = equals('created', created);
  await home.table.update(key, { set: { removed: home.now() } }, all(same, missing('removed')));
  const item = (await home.table.get(key)) as SubscriptionItem | undefined;
  if (item?.created !== created || item.removed === undefined) return;
  await emitUnregistered(home, item, item.removed);
  await home.table.delete(key, same);
}
