/**
 * Looks after extensions whose containers somebody else keeps running: what the rows want is made so, and each container
 * that has come up is told its subscriptions. It holds no state, so whoever calls it later, twice, or after one that died,
 * does what is left.
 */
import { ConflictError } from '../errors.ts';
import type { Home } from '../home.ts';
import type { ExtensionServices, ServiceContainer, ServiceWork } from '../ports/extension-services.ts';
import { type ExtensionItem, type ExtensionTurnItem, extensionTurnsPartition } from '../store/items/extension.ts';
import { type SystemItem, systemKey } from '../store/items/system.ts';
import type { Exchange } from './exchange.ts';
import { findExtension, hostOf, listExtensions } from './extensions.ts';
import { greet } from './greet.ts';
import { disable, finishUninstall } from './install.ts';
import { launchExtension, secretVariable, variablesOf } from './launch.ts';
import { anyAddress } from './place.ts';
import { extensionTokenName, referencesIn, registryName } from './secrets.ts';
import { see } from './see.ts';

export type Tender = {
  readonly services: ExtensionServices;
  /** Sends a request to an extension. */
  readonly exchange: Exchange;
};

export type Tended = {
  /** Some come up or are being changed at the moment: it is worth to look again soon. */
  readonly soon: boolean;
  readonly errors: readonly { readonly extension: string; readonly error: unknown }[];
};

/** Milliseconds after which one that has not come up is looked at as rarely as the others. */
const hopeful = 120_000;

export async function tendExtensions(home: Home, tender: Tender): Promise<Tended> {
  const system = (await home.table.get(systemKey)) as SystemItem | undefined;
  if (system?.uninstalling !== undefined) return { soon: false, errors: [] };
  const errors: { extension: string; error: unknown }[] = [];
  let busy = false;
  const each = async <T>(extension: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      // Somebody else's turn takes long.
      if (error instanceof ConflictError) busy = true;
      else errors.push({ extension, error });
      return undefined;
    }
  };
  for (const id of await turnsOfTheDead(home)) await each(id, () => hostOf(home).inTurn(id, async () => undefined));
  // Services first: what has one was wanted before, so a row that says so is there by now.
  const running = await tender.services.list();
  const extensions = await listExtensions(home);
  const wanted = new Set(extensions.filter(isWanted).map(({ id }) => id));
  for (const id of running) if (!wanted.has(id)) await each(id, () => removeService(home, tender, id));
  const states = await Promise.all(
    extensions.map((extension) => each(extension.id, () => tend(home, tender, extension))),
  );
  return { soon: busy || states.includes('coming'), errors };
}

const isWanted = ({ token, status, uninstalled }: ExtensionItem) =>
  token !== undefined && status === 'enabled' && uninstalled === undefined;

/** Taking their turn is all that it takes: the host sees to what they may have left. */
async function turnsOfTheDead({ table, now }: Home): Promise<string[]> {
  const turns = (await table.query(extensionTurnsPartition)) as ExtensionTurnItem[];
  return turns.filter(({ until }) => until < now()).map(({ sk }) => sk);
}

/** In turn: nobody can want it again between the look at the row and the removal. */
const removeService = (home: Home, { services }: Tender, id: string): Promise<void> =>
  hostOf(home).inTurn(id, async () => {
    const now = await findExtension(home, id);
    if (!now || !isWanted(now)) await services.remove(id);
  });

async function tend(home: Home, tender: Tender, listed: ExtensionItem): Promise<'coming' | 'settled'> {
  if (!isWanted(listed)) return repair(home, listed);
  const { id, token } = listed;
  const work = await workOf(home, listed);
  await put(home, tender, listed, work);
  const extension = await findExtension(home, id);
  // Whoever changed it meanwhile may have looked after its service before this call did: it is looked at again.
  if (!extension || extension.token !== token || !isWanted(extension)) return 'coming';
  const container = await tender.services.container(work);
  const { seen } = extension;
  if (!container) {
    // ECS forgets after an hour what has ended.
    if (seen?.state === 'exited') return 'settled';
    return comingUp(home, extension, { arn: '', state: 'coming', url: '' }, 'ECS has started no container of it yet');
  }
  if (container.state === 'stopped') {
    const { arn, reason = 'it has ended' } = container;
    await see(home, extension, { arn, state: 'exited', url: '', reason });
    return 'settled';
  }
  if (container.state === 'coming') return comingUp(home, extension, container, 'its container is starting');
  if (seen?.arn === container.arn && seen.state === 'running' && !seen.untold) return 'settled';
  const greeted = await greet(home, tender.exchange, extension, container);
  if (greeted === 'ready') return 'settled';
  if (greeted === 'overtaken') return 'coming';
  return comingUp(home, extension, container, greeted.problem);
}

async function put(home: Home, { services }: Tender, extension: ExtensionItem, work: ServiceWork): Promise<void> {
  try {
    await services.put(work);
  } catch (error) {
    const { seen } = extension;
    const reason = error instanceof Error ? error.message : String(error);
    // One that runs does so whether ECS can be asked at the moment or not.
    if (seen?.state !== 'running')
      await see(home, extension, { arn: seen?.arn ?? '', state: 'exited', url: '', reason });
    throw error;
  }
}

/** Whoever installed, enabled, disabled or uninstalled it died before that was done. */
async function repair(home: Home, { id, status, uninstalled, stopping }: ExtensionItem) {
  if (status === 'disabled' && uninstalled === undefined && !stopping) return 'settled';
  await hostOf(home).inTurn(id, async () => {
    const now = await findExtension(home, id);
    if (!now || isWanted(now)) return;
    if (now.uninstalled !== undefined) await finishUninstall(home, now);
    else if (now.status === 'enabled') await launchExtension(home, now);
    else await disable(home, now);
  });
  return 'coming';
}

async function comingUp(home: Home, extension: ExtensionItem, { arn }: ServiceContainer, reason: string) {
  const { seen } = extension;
  const late = seen?.arn === arn && home.now() - seen.since >= hopeful;
  await see(home, extension, { arn, state: late ? 'exited' : 'processing', url: '', reason });
  return late ? 'settled' : 'coming';
}

async function workOf(home: Home, extension: ExtensionItem): Promise<ServiceWork> {
  const apiBaseUrl = (await home.apiBaseUrl?.()) ?? '';
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
