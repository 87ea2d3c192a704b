/** What happens when a container has come up: it is asked what it is, and told its subscriptions. */
import { ConflictError, GoferError } from '../errors.ts';
import type { Home } from '../home.ts';
import type { ServiceContainer } from '../ports/extension-services.ts';
import type { ExtensionItem } from '../store/items/extension.ts';
import type { Exchange } from './exchange.ts';
import { findExtension, hostOf } from './extensions.ts';
import { emitStatus } from './install.ts';
import { readyExtension } from './launch.ts';
import { ExtensionClient } from './protocol.ts';
import { extensionTokenName } from './secrets.ts';
import { see } from './see.ts';

/** `overtaken`: by somebody who has changed the extension, or seen more of it. */
export type Greeted = 'ready' | 'overtaken' | { readonly problem: string };

/** Waits for nothing: one that isn't well yet is greeted the next time. `extension` was read before the container was seen. */
export async function greet(
  home: Home,
  exchange: Exchange,
  extension: ExtensionItem,
  { arn, url }: ServiceContainer,
): Promise<Greeted> {
  const { id, token = '', seen } = extension;
  const secret = await home.secrets.get(extensionTokenName(id, token));
  if (secret === undefined) return { problem: 'its token is not with the secrets; disable and enable it' };
  const client = new ExtensionClient({ id, url, secret, exchange });
  if (!(await client.health())) return { problem: 'it is not well yet: GET /api/health fails' };
  try {
    const documentation = await client.info();
    return await hostOf(home).inTurn(id, async () => {
      const now = await findExtension(home, id);
      const same = now?.token === token && now.seen?.arn === seen?.arn && now.seen?.state === seen?.state;
      if (!same || now.status !== 'enabled' || now.uninstalled !== undefined) return 'overtaken';
      const told = await readyExtension(home, now, client, documentation);
      // Whoever enabled it died before it could be told.
      if (!seen?.started) await emitStatus(home, now);
      const running = {
        arn,
        state: 'running',
        url,
        started: home.now(),
        ...(told ? {} : { untold: true as const }),
      } as const;
      return (await see(home, now, running)) ? 'ready' : 'overtaken';
    });
  } catch (error) {
    // Of its turn.
    if (error instanceof ConflictError) return 'overtaken';
    if (error instanceof GoferError) return { problem: error.message };
    throw error;
  }
}
