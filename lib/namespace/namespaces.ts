/** Namespaces: they hold pipelines, and a namespace that holds one can't go. */

import { ConflictError, InvalidError, NotFoundError } from '../errors.ts';
import { emit } from '../events/events.ts';
import type { Home } from '../home.ts';
import { didYouMean } from '../pipeline/suggestion.ts';
import { type NamespaceItem, namespaceKey, namespacesPartition, pipelinesPartition } from '../store/items/pipeline.ts';
import type { Page } from '../store/page.ts';
import { all, any, equals, exists, missing } from '../store/table.ts';

export const defaultNamespace = 'default';

/** Creates the namespace `default` of a fresh install. Asked at every start, so it costs a read when it is there. */
export async function ensureDefaultNamespace(home: Home): Promise<void> {
  if (await findNamespace(home, defaultNamespace)) return;
  const texts = { name: 'Default', description: 'Holds every pipeline that names no other namespace.' };
  await putNamespace(home, { id: defaultNamespace, ...texts });
}

/** Creates the namespace unless it is there. */
export async function ensureNamespace(home: Home, id: string): Promise<void> {
  if (await findNamespace(home, id)) return;
  checkNamespaceId(id);
  await putNamespace(home, { id, name: id, description: '' });
}

/** 400 unless it is an id that a namespace may have. */
export function checkNamespaceId(id: string): void {
  if (!/^[a-zA-Z0-9-]{3,32}$/.test(id))
    throw new InvalidError(`namespace id "${id}" must be 3 to 32 letters, digits or hyphens`);
}

export async function createNamespace(
  home: Home,
  namespace: { readonly id: string; readonly name: string; readonly description: string },
): Promise<NamespaceItem> {
  checkNamespaceId(namespace.id);
  const { item, created } = await putNamespace(home, namespace);
  if (!created) throw new ConflictError(`namespace "${namespace.id}" exists already`);
  return item;
}

/** The event is repeated when the namespace is there already: whoever created it may have died before. */
async function putNamespace(home: Home, { id, name, description }: Pick<NamespaceItem, 'id' | 'name' | 'description'>) {
  const item: NamespaceItem = { ...namespaceKey(id), id, name, description, created: home.now(), modified: 0 };
  const created = (await home.table.put(item, any(missing('pk'), exists('deleted')))) !== undefined;
  const there = created ? item : await findNamespace(home, id);
  if (there) {
    const kind = { created_namespace: { namespace_id: id } };
    await emit(home, { time: there.created, kind, key: `namespace/${id}/${there.created}/created` });
  }
  return { item, created };
}

export async function getNamespace(home: Home, id: string): Promise<NamespaceItem> {
  const item = await findNamespace(home, id);
  if (item) return item;
  const suggestion = didYouMean(
    id,
    (await listNamespaces(home)).map((each) => each.id),
  );
  throw new NotFoundError('namespace', id, '', suggestion);
}

async function findNamespace(home: Home, id: string): Promise<NamespaceItem | undefined> {
  const item = (await home.table.get(namespaceKey(id))) as NamespaceItem | undefined;
  return item?.deleted === undefined ? item : undefined;
}

/** Ordered by id. */
export async function listNamespaces(home: Home, page: Page = {}): Promise<NamespaceItem[]> {
  const { limit = Number.POSITIVE_INFINITY, offset = 0, reverse = false } = page;
  const items = (await home.table.query(namespacesPartition, { reverse })) as NamespaceItem[];
  return items.filter(({ deleted }) => deleted === undefined).slice(offset, offset + limit);
}

export async function updateNamespace(
  home: Home,
  id: string,
  change: { readonly name?: string | undefined; readonly description?: string | undefined },
): Promise<NamespaceItem> {
  const set = { name: change.name, description: change.description, modified: home.now() };
  const item = await home.table.update(namespaceKey(id), { set }, all(exists('pk'), missing('deleted')));
  return item ? (item as NamespaceItem) : getNamespace(home, id);
}

/**
 * Deletes an empty namespace. The mark comes before the look for pipelines and `keepNamespace` after their registration,
 * so that one of the two sees the other.
 */
export async function deleteNamespace(home: Home, id: string): Promise<void> {
  if (id === defaultNamespace) throw new ConflictError('namespace "default" can not be deleted');
  const key = namespaceKey(id);
  const deleting = String(home.random());
  if (await home.table.update(key, { set: { deleting } }, all(exists('pk'), missing('deleted')))) {
    await refusePipelines(home, id);
    const change = { set: { deleted: home.now() }, remove: ['deleting'] };
    if (!(await home.table.update(key, change, equals('deleting', deleting)))) await refusePipelines(home, id);
  }
  const item = (await home.table.get(key)) as NamespaceItem | undefined;
  if (!item) throw new NotFoundError('namespace', id);
  if (item.deleted === undefined) throw new ConflictError(`namespace "${id}" is being changed; try again`);
  const kind = { deleted_namespace: { namespace_id: id } };
  await emit(home, { time: item.deleted, kind, key: `namespace/${id}/${item.created}/deleted` });
  await home.table.delete(key, equals('deleted', item.deleted));
}

async function refusePipelines(home: Home, id: string) {
  const [first, second] = await home.table.query(pipelinesPartition(id), { limit: 2 });
  if (first) {
    const names = `pipeline "${first.sk}"${second ? ' and more' : ''}`;
    throw new ConflictError(`namespace "${id}" still holds ${names}; delete what it holds first`);
  }
}

/** Called after a pipeline was put into the namespace: stops a deletion under way. False: the namespace is gone. */
export async function keepNamespace(home: Home, id: string): Promise<boolean> {
  const item = await findNamespace(home, id);
  if (!item?.deleting) return item !== undefined;
  const kept = all(exists('pk'), missing('deleted'));
  return (await home.table.update(namespaceKey(id), { remove: ['deleting'] }, kept)) !== undefined;
}

export const namespaceView = ({ id, name, description, created, modified }: NamespaceItem) => ({
  id,
  name,
  description,
  created,
  modified,
});
