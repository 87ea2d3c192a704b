/**
 * The secrets of an extension: global ones that its settings name, and what its image is pulled with. The row holds the
 * names alone; values are read when it starts, and handed to its container.
 */
import { isAdministrator } from '../access/administrator.ts';
import type { Caller } from '../access/caller.ts';
import { GoferError, InvalidError } from '../errors.ts';
import type { Home } from '../home.ts';
import { Masks } from '../logs/mask.ts';
import { noGlobalSecret } from '../secret/global-secrets.ts';
import { checkContent } from '../secret/key.ts';
import { globalSecretName } from '../secret/name.ts';
import type { Credentials } from '../secret/registry-auth.ts';
import type { ExtensionItem } from '../store/items/extension.ts';
import { referenceIn } from '../task/interpolation.ts';

type Settings = ExtensionItem['settings'];
type Values = Readonly<Record<string, string>>;

/** Names of the global secrets that settings refer to, by the setting. */
export function referencesIn(settings: Settings): Map<string, string> {
  return new Map([...keysIn(settings)].map(([name, key]) => [name, globalSecretName(key)]));
}

/** Their keys. */
function keysIn(settings: Settings): Map<string, string> {
  const references = new Map<string, string>();
  for (const [name, value] of Object.entries(settings)) {
    const reference = referenceIn(value);
    if (reference?.kind === 'global_secret') references.set(name, reference.key);
  }
  return references;
}

/** 400 for references to what belongs to a pipeline: an extension has none. */
export function checkReferences(settings: Settings): void {
  for (const [name, value] of Object.entries(settings)) {
    const reference = referenceIn(value);
    if (reference && reference.kind !== 'global_secret')
      throw new InvalidError(
        `setting "${name}" refers to a ${reference.kind}, of which an extension has none; allowed is global_secret{{ key }}`,
      );
  }
}

/** Whoever has a secret handed to a container of their choice has read it: that takes an administrator (401). */
export function checkSecretUse(caller: Caller | undefined, settings: Settings): void {
  const [name] = keysIn(settings).keys();
  if (name !== undefined && !isAdministrator(caller))
    throw new GoferError(
      401,
      'forbidden',
      `setting "${name}" refers to a global secret, which only who may write permissions can hand to an extension`,
    );
}

/** The settings of an extension that are no secrets. */
export const plainSettings = (settings: Settings): Settings =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => !keysIn(settings).has(name)));

/** The values of those that are, as the variables of the container. Throws a 404 that names the one that is missing. */
export async function secretSettings(home: Home, settings: Settings): Promise<Values> {
  const values: Record<string, string> = {};
  for (const [name, key] of keysIn(settings)) {
    const value = await home.secrets.get(globalSecretName(key));
    if (value === undefined) throw noGlobalSecret(key);
    values[name.toUpperCase()] = value;
  }
  return values;
}

/** What has to be taken out of the log of its newest start, also when it runs no more. A secret that is gone by now is nobody's any more. */
export async function masksOf(home: Home, { id, settings, token }: ExtensionItem): Promise<Masks> {
  const names = [...referencesIn(settings).values(), ...(token === undefined ? [] : [extensionTokenName(id, token)])];
  const values = await Promise.all(names.flatMap((name) => [home.secrets.get(name), home.secrets.former(name)]));
  const handed = Object.values(home.extensions?.secretsOf(id) ?? {});
  return new Masks([...handed, ...values.filter((value) => value !== undefined)]);
}

/** Where the token of an extension lies on AWS, under the token's id: every start has its own. No namespace begins so. */
export const extensionTokenName = (id: string, token: string) => `_extension/${id}/${token}/value`;

export const registryName = (id: string) => `_extension/${id}/_registry/value`;

export type RegistryAuth = { readonly user: string; readonly pass: string };

/** 400 for what can't be kept. */
export function checkRegistryAuth(home: Home, auth: RegistryAuth): void {
  if (!auth.user || !auth.pass) throw new InvalidError('registry_auth needs a user and a pass');
  checkContent(contentOf(auth), home.secrets.limit);
}

export const keepRegistryAuth = (home: Home, id: string, auth: RegistryAuth): Promise<void> =>
  home.secrets.put(registryName(id), contentOf(auth));

export async function registryAuth(home: Home, id: string): Promise<Credentials | undefined> {
  const content = await home.secrets.get(registryName(id));
  return content === undefined ? undefined : (JSON.parse(content) as Credentials);
}

/** One that was never kept is removed already. */
export const removeRegistryAuth = (home: Home, id: string): Promise<void> => home.secrets.remove(registryName(id));

const contentOf = ({ user, pass }: RegistryAuth): string =>
  JSON.stringify({ username: user, password: pass } satisfies Credentials);
