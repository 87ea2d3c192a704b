/** Global secrets: pipelines of the namespaces that they list can refer to them, as `global_secret{{ key }}`. */
import { isAdministrator } from '../access/administrator.ts';
import type { Caller } from '../access/caller.ts';
import { NotFoundError } from '../errors.ts';
import type { Home } from '../home.ts';
import { type NamespaceItem, namespacesPartition } from '../store/items/pipeline.ts';
import { globalSecretKey, globalSecretsPartition, type SecretItem } from '../store/items/secret.ts';
import { checkContent, checkKey } from './key.ts';
import { globalSecretName } from './name.ts';
import { allowsNamespace, checkPatterns } from './namespaces.ts';
import { type ShownSecret, shown } from './pipeline-secrets.ts';
import { deleteSecret, findSecret, isThere, putSecret, type SecretAddress } from './secret.ts';
import { usesInNamespaces } from './uses.ts';

const addressOf = (key: string): SecretAddress => ({
  row: globalSecretKey(key),
  name: globalSecretName(key),
  key,
  where: 'among the global secrets',
});

/** Ordered by key. */
export async function listGlobalSecrets(home: Home): Promise<SecretItem[]> {
  return ((await home.table.query(globalSecretsPartition)) as SecretItem[]).filter(isThere);
}

export type NewGlobalSecret = {
  readonly key: string;
  readonly content: string;
  /** Regular expressions of the namespaces that may use it. */
  readonly namespaces: readonly string[];
  readonly force: boolean;
};

export async function putGlobalSecret(home: Home, wanted: NewGlobalSecret): Promise<SecretItem> {
  checkKey(wanted.key);
  checkContent(wanted.content, home.secrets.limit);
  checkPatterns(wanted.namespaces);
  return putSecret(home, addressOf(wanted.key), wanted);
}

/** With its value where `reveal` is given. */
export async function getGlobalSecret(home: Home, key: string, reveal = false): Promise<ShownSecret> {
  return shown(home, addressOf(key), reveal);
}

/** Returns what will fail without it, if anything will. */
export async function deleteGlobalSecret(home: Home, key: string): Promise<string | undefined> {
  const address = addressOf(key);
  const known = await findSecret(home, address);
  await deleteSecret(home, address);
  return usesInNamespaces(home, key, known?.namespaces ?? []);
}

export const noGlobalSecret = (key: string) => new NotFoundError('secret', key, addressOf(key).where);

/** For `filter`: whoever may read the secrets of one of its namespaces sees that there is one. */
export async function mayReadGlobal(home: Home, caller: Caller | undefined): Promise<(item: SecretItem) => boolean> {
  if (isAdministrator(caller) || !caller) return () => true;
  const namespaces = ((await home.table.query(namespacesPartition)) as NamespaceItem[])
    .map(({ id }) => id)
    .filter((id) => caller.may({ resource: 'secrets', action: 'read', ids: { namespaces: id } }));
  return (item) => namespaces.some((id) => allowsNamespace(item.namespaces, id));
}
