/** Starting an extension: a token of its own, its variables, and its subscriptions once it answers. */
import { deleteToken } from '../access/token-deletion.ts';
import { createToken, listTokens } from '../access/tokens.ts';
import { emit } from '../events/events.ts';
import type { Home } from '../home.ts';
import type { ExtensionPlace } from '../ports/extension-containers.ts';
import { type ExtensionItem, extensionKey } from '../store/items/extension.ts';
import { exists } from '../store/table.ts';
import { restoreSubscriptions } from '../subscription/restore.ts';
import { findExtension, hostOf } from './extensions.ts';
import type { Documentation, ExtensionClient } from './protocol.ts';
import { plainSettings, registryAuth, secretSettings } from './secrets.ts';

/** Variables that begin so are the product's own. */
export const ownPrefix = 'GOFER_';

/**
 * Starts the extension with a new token, which is the bearer in both directions: what ran before is replaced, and its
 * token opens nothing any more. Rejects with the reason when the host finds out that it does not come up.
 */
export async function launchExtension(home: Home, extension: ExtensionItem): Promise<void> {
  const { id, image, entrypoint, command, additional_roles, settings } = extension;
  await haltExtension(home, id);
  const wanted = { user: id, roles: additional_roles, metadata: { extension_id: id }, extension: id };
  const { token, secret } = await createToken(home, wanted);
  await hostOf(home).start({
    id,
    image,
    ...(entrypoint && { entrypoint }),
    ...(command && { command }),
    token: token.id,
    secret,
    environment: (place) => variablesOf(extension, place),
    handed: async () => {
      const [secrets, credentials] = await Promise.all([secretSettings(home, settings), registryAuth(home, id)]);
      return { secrets: { ...secrets, [secretVariable]: secret }, ...(credentials && { credentials }) };
    },
    ready: (client, documentation) => readyExtension(home, extension, client, documentation),
  });
}

/** What is due each time that it has come up, before anybody else may speak to it. `false`: it did not answer all of it. */
export async function readyExtension(
  home: Home,
  extension: ExtensionItem,
  client: ExtensionClient,
  documentation: Documentation,
): Promise<boolean> {
  const { id } = extension;
  const told = await restoreSubscriptions(home, id, client);
  // What an extension says of itself is known from its first time on.
  const first = (await findExtension(home, id))?.documentation === undefined;
  if (first) await emitInstalled(home, extension);
  await home.table.update(extensionKey(id), { set: { documentation } }, exists('pk'));
  return told;
}

/** Stops the extension. Its token opens nothing any more, even if the container can't be stopped. */
export async function haltExtension(home: Home, id: string): Promise<void> {
  await removeTokens(home, id);
  await hostOf(home).stop(id);
}

/** The variable that holds its token. */
export const secretVariable = 'GOFER_EXTENSION_SYSTEM_SECRET';

const ownName = (name: string) => `${ownPrefix}EXTENSION_SYSTEM_${name}`;

/** The variables of its container, but for the secrets among them. What the server adds can't be set from outside. */
export function variablesOf(
  { id, settings }: ExtensionItem,
  { bind, apiBaseUrl }: ExtensionPlace,
): Record<string, string> {
  const own = {
    ID: id,
    LOG_LEVEL: 'info',
    GOFER_HOST: hostIn(apiBaseUrl),
    BIND_ADDRESS: bind,
    // It is reached over this machine's own network, or by one function through the VPC, and by nobody else.
    USE_TLS: 'false',
    TLS_CERT: '',
    TLS_KEY: '',
  };
  return Object.fromEntries([
    ...Object.entries(plainSettings(settings)).map(([name, value]) => [name.toUpperCase(), value]),
    ...Object.entries(own).map(([name, value]) => [ownName(name), value]),
    ['GOFER_API_BASE_URL', apiBaseUrl],
  ]);
}

/** As `<host>:<port>`, and behind it the path below which the API lies, if there is one. */
function hostIn(url: string): string {
  const { protocol, hostname, port, pathname } = new URL(url);
  return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}${pathname === '/' ? '' : pathname}`;
}

async function emitInstalled(home: Home, { id, image, created }: ExtensionItem): Promise<void> {
  const kind = { installed_extension: { id, image } };
  await emit(home, { time: created, kind, key: `extension/${id}/${created}/installed` });
}

async function removeTokens(home: Home, id: string): Promise<void> {
  for (const token of await listTokens(home)) if (token.extension === id) await deleteToken(home, token.id);
}
