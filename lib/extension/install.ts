/** Extensions come and go: installed, switched off and on, uninstalled. One change of an extension at a time. */
import { checkRoles } from '../access/roles.ts';
import { ConflictError, GoferError, InvalidError, NotFoundError } from '../errors.ts';
import { emit } from '../events/events.ts';
import type { Home } from '../home.ts';
import { extensionObjects } from '../object/place.ts';
import { removeObjects } from '../object/remove.ts';
import { isImageReference } from '../pipeline/image.ts';
import { type ExtensionItem, extensionKey } from '../store/items/extension.ts';
import { all, equals, exists, missing } from '../store/table.ts';
import { findExtension, getExtension, hostOf } from './extensions.ts';
import { haltExtension, launchExtension, ownPrefix } from './launch.ts';
import {
  checkReferences,
  checkRegistryAuth,
  keepRegistryAuth,
  type RegistryAuth,
  removeRegistryAuth,
} from './secrets.ts';

export type NewExtension = Pick<ExtensionItem, 'id' | 'image' | 'settings'> &
  Partial<Pick<ExtensionItem, 'entrypoint' | 'command' | 'additional_roles'>> & {
    /** Kept as a secret, until it is uninstalled. */
    readonly registry_auth?: RegistryAuth;
  };

/** Installs and starts the extension, and returns as its host's `start` does: one that is rejected there is not installed. */
export async function installExtension(home: Home, { registry_auth, ...wanted }: NewExtension): Promise<ExtensionItem> {
  checkExtension(wanted);
  checkReferences(wanted.settings);
  if (registry_auth) checkRegistryAuth(home, registry_auth);
  await checkRoles(home, wanted.additional_roles ?? []);
  const { id } = wanted;
  return hostOf(home).inTurn(id, async () => {
    const item: ExtensionItem = {
      ...extensionKey(id),
      additional_roles: [],
      ...wanted,
      ...(registry_auth && { registry: true }),
      status: 'enabled',
      created: home.now(),
      modified: 0,
    };
    if (!(await home.table.put(item, missing('pk')))) throw new ConflictError(`extension "${id}" is installed already`);
    try {
      if (registry_auth) await keepRegistryAuth(home, id, registry_auth);
      await launchExtension(home, item);
    } catch (error) {
      // It is not to run from here on, whoever has to go on with that.
      await home.table.update(item, { set: { uninstalled: home.now() } }, equals('created', item.created));
      await remove(home, item);
      throw new ExtensionFailedError(id, error);
    }
    return getExtension(home, id);
  });
}

/** Switches the extension off or on; one that does not come up stays off. */
export async function setExtensionEnabled(home: Home, id: string, enabled: boolean): Promise<void> {
  await getExtension(home, id);
  await hostOf(home).inTurn(id, async () => {
    const before = await getExtension(home, id);
    if (before.uninstalled !== undefined) throw new NotFoundError('extension', id);
    if (!enabled) return disable(home, before);
    if (before.status === 'enabled') return emitStatus(home, before);
    await enable(home, before);
  });
}

async function enable(home: Home, before: ExtensionItem): Promise<void> {
  // What was not stopped to the end must not count as what is to run.
  await haltExtension(home, before.id);
  const item = await setStatus(home, before, 'enabled');
  try {
    await launchExtension(home, item);
  } catch (error) {
    await halt(home, await setStatus(home, item, 'disabled'));
    throw new ExtensionFailedError(item.id, error);
  }
  await emitStatus(home, item);
}

/**
 * One that is off already is told and stopped all the same: whoever switched it off may not have come that far. It is told
 * first, so that one that has been stopped was told. To be called in turn.
 */
export async function disable(home: Home, before: ExtensionItem): Promise<void> {
  const item = before.status === 'disabled' ? before : await setStatus(home, before, 'disabled');
  await emitStatus(home, item);
  await halt(home, item);
}

async function halt(home: Home, { id, created }: ExtensionItem): Promise<void> {
  await haltExtension(home, id);
  await home.table.update(extensionKey(id), { remove: ['stopping'] }, equals('created', created));
}

/** Stops and forgets the extension. Its subscriptions stay, and say that it is gone, until their owners remove them. */
export async function uninstallExtension(home: Home, id: string): Promise<void> {
  await getExtension(home, id);
  await hostOf(home).inTurn(id, async () => {
    const item = await findExtension(home, id);
    if (item) await finishUninstall(home, item);
  });
}

/** It is marked first, so that whoever comes after somebody who died goes on, and tells the same. To be called in turn. */
export async function finishUninstall(home: Home, { id, image, created }: ExtensionItem): Promise<void> {
  const same = equals('created', created);
  await home.table.update(extensionKey(id), { set: { uninstalled: home.now() } }, all(same, missing('uninstalled')));
  const item = await findExtension(home, id);
  if (item?.created !== created || item.uninstalled === undefined) return;
  const kind = { uninstalled_extension: { id, image } };
  await emit(home, { time: item.uninstalled, kind, key: `extension/${id}/${created}/uninstalled` });
  await remove(home, item);
}

/** The row goes last: as long as it is there, the rest can be repeated. */
async function remove(home: Home, extension: ExtensionItem): Promise<void> {
  const { id, created } = extension;
  await haltExtension(home, id);
  await hostOf(home).forget(id);
  await removeRegistryAuth(home, id);
  await removeObjects(home, extensionObjects(extension).owner);
  await home.table.delete(extensionKey(id), equals('created', created));
}

async function setStatus(home: Home, { id, created }: ExtensionItem, status: ExtensionItem['status']) {
  const set = { status, modified: home.now() };
  const change = status === 'enabled' ? { set, remove: ['stopping'] } : { set: { ...set, stopping: true } };
  const item = await home.table.update(extensionKey(id), change, all(exists('pk'), equals('created', created)));
  return (item as ExtensionItem | undefined) ?? getExtension(home, id);
}

/** That it was enabled or disabled, last; nothing when it never was. */
export async function emitStatus(home: Home, { id, image, created, modified, status }: ExtensionItem): Promise<void> {
  if (!modified) return;
  const kind = status === 'enabled' ? { enabled_extension: { id, image } } : { disabled_extension: { id, image } };
  await emit(home, { time: modified, kind, key: `extension/${id}/${created}/${modified}/${status}` });
}

/** 422: the request is well formed, and what it names does not run. */
export class ExtensionFailedError extends GoferError {
  override readonly name = 'ExtensionFailedError';
  constructor(id: string, cause: unknown) {
    super(422, 'extension_failed', cause instanceof Error ? cause.message : `extension "${id}" did not start`, {
      cause,
    });
  }
}

function checkExtension({ id, image, settings }: NewExtension): void {
  const problems: string[] = [];
  if (!/^[a-zA-Z0-9-]{3,32}$/.test(id))
    problems.push(`extension id "${id}" must be 3 to 32 letters, digits or hyphens`);
  if (!isImageReference(image))
    problems.push(`image "${image}" is not an image reference; allowed: [registry/]name[:tag][@digest]`);
  const seen = new Map<string, string>();
  for (const [name, value] of Object.entries(settings)) {
    const variable = name.toUpperCase();
    const other = seen.get(variable);
    if (!/^[A-Z_][A-Z0-9_]*$/.test(variable))
      problems.push(`setting "${name}" can't be a variable; allowed are letters, digits and underscores`);
    else if (variable.startsWith(ownPrefix))
      problems.push(`setting "${name}" begins with ${ownPrefix}, which is Gofer's own; choose another name`);
    else if (other) problems.push(`settings "${other}" and "${name}" are the same variable, ${variable}`);
    if (value.includes('\0')) problems.push(`setting "${name}" holds a NUL character`);
    seen.set(variable, name);
  }
  if (problems.length) throw new InvalidError(problems.join('; '));
}
