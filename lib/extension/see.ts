/** What is seen of an extension's container is noted in its row. */
import type { Home } from '../home.ts';
import { type ExtensionItem, extensionKey, type SeenContainer } from '../store/items/extension.ts';
import { all, equals, missing } from '../store/table.ts';

/**
 * Notes it in place of what `extension`, which was read before the look, has noted: what somebody else has seen since is
 * newer. When it was ready last is kept unless `started` says it. `false`: nothing was written.
 */
export async function see(
  home: Home,
  { id, token = '', seen }: ExtensionItem,
  now: Omit<SeenContainer, 'since' | 'started'> & { readonly started?: number },
): Promise<boolean> {
  const { since, started = 0 } = seen?.arn === now.arn ? seen : { since: home.now(), started: seen?.started };
  if (seen?.arn === now.arn && seen.state === now.state && seen.reason === now.reason && !seen.untold) return true;
  const same = seen ? all(equals('seen.arn', seen.arn), equals('seen.state', seen.state)) : missing('seen');
  const change = { set: { seen: { started, ...now, since } } };
  return (await home.table.update(extensionKey(id), change, all(equals('token', token), same))) !== undefined;
}
