/**
 * Looks after extensions whose containers somebody else keeps running: what the rows want is made so, and each container
 * that has come up is told its subscriptions. It holds no state, so whoever calls it later, twice, or after one that died,
 * does what is left.
 */
import type { Home } from '../home.ts';
import type { ExtensionServices, ServiceContainer, ServiceWork } from '../ports/extension-services.ts';
import { type ExtensionItem, extensionKey, type SeenContainer } from '../store/items/extension.ts';
import { type SystemItem, systemKey } from '../store/items/system.ts';
import { equals } from '../store/table.ts';
import type { Exchange } from './exchange.ts';
import { findExtension, hostOf, listExtensions } from './extensions.ts';
import { finishUninstall } from './install.ts';
import { haltExtension, launchExtension, readyExtension, secretVariable, variablesOf } from './launch.ts';
import { anyAddress } from './place.ts';
import { ExtensionClient } from './protocol.ts';
import { extensionTokenName, referencesIn, registryName } from './secrets.ts';

export type Tender = {
  readonly services: ExtensionServices;
  /** Sends a request to an extension. */
  readonly exchange: Exchange;
};

export type Tended = {
  /** Some come up at the moment: it is worth to look again soon. */
  readonly soon: boolean;
  readonly errors: readonly { readonly extension: string; readonly error: unknown }[];
};

/** Milliseconds after which one that has not come up is looked at as rarely as the others. */
const hopeful = 120_000;

export async function tendExtensions(home: Home, tender: Tender): Promise<Tended> {
  const system = (await home.table.get(systemKey)) as SystemItem | undefined;
  if (system?.uninstalling !== undefined) return { soon: false, errors: [] };
  // Services first: what has one was wanted before, so a row that says so is there by now.
  const running = await tender.services.list();
  const extensions = await listExtensions(home);
  const wanted = new Set(extensions.filter(isWanted).map(({ id }) => id));
  const errors: { extension: string; error: unknown }[] = [];
  const each = async <T>(extension: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      errors.push({ extension, error });
      return undefined;
    }
  };
  for (const id of running) if (!wanted.has(id)) await each(id, () => tender.services.remove(id));
  const states = await Promise.all(
    extensions.map((extension) => each(extension.id, () => tend(home, tender, extension))),
  );
  return { soon: states.includes('coming'), errors };
}

const isWanted = ({ token, status, uninstalled }: ExtensionItem) =>
  token !== undefined && status === 'enabled' && uninstalled === undefined;

async function tend(home: Home, tender: Tender, extension: ExtensionItem): Promise<'coming' | 'settled'> {
  if (!isWanted(extension)) return repair(home, extension);
  const { id, seen } = extension;
  try {
    await tender.services.put(workOf(extension, (await home.apiBaseUrl?.()) ?? ''));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await see(home, extension, { arn: '', state: 'exited', url: '', started: 0, reason });
    throw error;
  }
  const container = await tender.services.container(id);
  if (!container) return 'coming';
  if (container.state === 'stopped') {
    const reason = container.reason ?? 'it has ended';
    await see(home, extension, { arn: container.arn, state: 'exited', url: '', started: seen?.started ?? 0, reason });
    return 'settled';
  }
  if (seen?.arn === container.arn && seen.state === 'running') return 'settled';
  const ready = container.state === 'running' && (await greet(home, tender, extension, container));
  if (ready) return 'settled';
  const since = await comingUp(home, extension, container);
  return home.now() - since < hopeful ? 'coming' : 'settled';
}

/** Whoever installed, enabled or uninstalled it died before that was done. */
async function repair(home: Home, { id, status, uninstalled, token }: ExtensionItem): Promise<'settled'> {
  if (status === 'disabled' && uninstalled === undefined && token === undefined) return 'settled';
  await hostOf(home).inTurn(id, async () => {
    const now = await findExtension(home, id);
    if (!now || isWanted(now)) return;
    if (now.uninstalled !== undefined) await finishUninstall(home, now);
    else if (now.status === 'enabled') await launchExtension(home, now);
    else await haltExtension(home, id);
  });
  return 'settled';
}

/** Waits for nothing: one that isn't well yet is greeted the next time. */
async function greet(home: Home, { exchange }: Tender, extension: ExtensionItem, container: ServiceContainer) {
  const { id, token = '' } = extension;
  const { arn, url } = container;
  const secret = await home.secrets.get(extensionTokenName(id, token));
  if (secret === undefined) return false;
  const client = new ExtensionClient({ id, url, secret, exchange });
  if (!(await client.health())) return false;
  const documentation = await client.info();
  return hostOf(home).inTurn(id, async () => {
    const now = await findExtension(home, id);
    if (now?.token !== token) return true;
    if (now.seen?.arn === arn && now.seen.state === 'running') return true;
    await readyExtension(home, now, client, documentation);
    await see(home, now, { arn, state: 'running', url, started: home.now() });
    return true;
  });
}

/** Since when it does. */
async function comingUp(home: Home, extension: ExtensionItem, { arn, state }: ServiceContainer): Promise<number> {
  const { seen } = extension;
  const since = seen?.arn === arn ? seen.since : home.now();
  const late = home.now() - since >= hopeful;
  const reason = state === 'coming' ? 'its container is starting' : 'it is not well yet: GET /api/health fails';
  const known = seen?.arn === arn && seen.state === 'processing' && seen.reason === reason;
  if (!known || late)
    await see(home, extension, { arn, state: late ? 'exited' : 'processing', url: '', started: 0, reason });
  return since;
}

async function see(home: Home, { id, token = '', seen }: ExtensionItem, now: Omit<SeenContainer, 'since'>) {
  const since = seen?.arn === now.arn ? seen.since : home.now();
  if (seen?.arn === now.arn && seen.state === now.state && seen.reason === now.reason) return;
  await home.table.update(extensionKey(id), { set: { seen: { ...now, since } } }, equals('token', token));
}

function workOf(extension: ExtensionItem, apiBaseUrl: string): ServiceWork {
  const { id, image, entrypoint, command, settings, token = '', registry } = extension;
  const named = [...referencesIn(settings)].map(([name, secret]) => [name.toUpperCase(), secret] as const);
  return {
    id,
    image,
    ...(entrypoint && { entrypoint }),
    ...(command && { command }),
    environment: variablesOf(extension, { bind: anyAddress, apiBaseUrl }),
    secrets: { ...Object.fromEntries(named), [secretVariable]: extensionTokenName(id, token) },
    ...(registry && { registry: registryName(id) }),
  };
}
