/** Roles: what those who have them may do. A change holds for every token that has the role, within 30 seconds. */
import { isDeepStrictEqual } from 'node:util';
import { ConflictError, InvalidError, NotFoundError } from '../errors.ts';
import type { Home } from '../home.ts';
import { didYouMean } from '../pipeline/suggestion.ts';
import { type RoleItem, roleKey, rolesPartition } from '../store/items/access.ts';
import type { Page } from '../store/page.ts';
import { all, any, equals, exists, missing } from '../store/table.ts';
import type { Grants } from './allows.ts';
import { type Permission, readPermission } from './permission.ts';
import { type RoleView, systemRoles } from './system-roles.ts';
import { type By, tellRole, tellRoleUpdate } from './tell.ts';

/** Characters of all permissions of a role, as JSON. */
const mostPermissions = 16_384;

export type NewRole = Pick<RoleView, 'id' | 'description' | 'permissions'>;

export async function createRole(home: Home, { id, description, permissions }: NewRole): Promise<RoleView> {
  checkRoleId(id);
  if (findSystemRole(id)) throw new ConflictError(`role "${id}" is one of Gofer's own; choose another id`);
  readPermissions(permissions);
  const now = home.now();
  const item: RoleItem = { ...roleKey(id), id, description, permissions, created: now, modified: now };
  const created = await home.table.put(item, any(missing('pk'), exists('deleted')));
  const there = created ? item : await findRole(home, id);
  // Whoever created it may have died before it told.
  if (there) await tellRole(home, 'created_role', id, there.created);
  if (!created) throw new ConflictError(`role "${id}" exists already; update it, or delete it first`);
  return roleView(item);
}

/** Gofer's own first, then the others by id. */
export async function listRoles(home: Home, { limit, offset = 0, reverse = false }: Page = {}): Promise<RoleView[]> {
  const items = ((await home.table.query(rolesPartition)) as RoleItem[]).filter(({ deleted }) => deleted === undefined);
  const roles = [...systemRoles, ...items.map(roleView)];
  return (reverse ? roles.toReversed() : roles).slice(offset, limit === undefined ? undefined : offset + limit);
}

export async function getRole(home: Home, id: string): Promise<RoleView> {
  const system = findSystemRole(id);
  if (system) return system;
  const item = await findRole(home, id);
  if (item) return roleView(item);
  throw new NotFoundError('role', id, '', await suggestion(home, id));
}

/** What is so already changes nothing, and is told no second time. */
export async function updateRole(
  home: Home,
  id: string,
  { description, permissions }: { [Name in 'description' | 'permissions']?: NewRole[Name] | undefined },
  by?: By,
): Promise<RoleView> {
  refuseSystemRole(id);
  if (permissions) readPermissions(permissions);
  for (;;) {
    const before = await findRole(home, id);
    if (!before) throw new NotFoundError('role', id, '', await suggestion(home, id));
    await tellUntold(home, before);
    const after = { ...before, ...(description !== undefined && { description }), ...(permissions && { permissions }) };
    if (isDeepStrictEqual(after, before)) return roleView(before);
    const set = { description, permissions, modified: home.now(), modified_by: by, untold: true };
    const told = all(exists('pk'), missing('deleted'), missing('untold'));
    const change = { set, ...(by === undefined && { remove: ['modified_by'] }) };
    const changed = (await home.table.update(roleKey(id), change, told)) as RoleItem | undefined;
    if (!changed) continue;
    await tellUntold(home, changed);
    return roleView(changed);
  }
}

/** The mark is taken away last, and by whoever sees it: whoever made the change may have died before it told. */
async function tellUntold(home: Home, { id, modified, modified_by, untold }: RoleItem): Promise<void> {
  if (!untold) return;
  await tellRoleUpdate(home, id, modified, modified_by);
  await home.table.update(roleKey(id), { remove: ['untold'] }, equals('modified', modified));
}

/** Tokens that have it lose what it allowed. */
export async function deleteRole(home: Home, id: string): Promise<void> {
  refuseSystemRole(id);
  const key = roleKey(id);
  await home.table.update(key, { set: { deleted: home.now() } }, all(exists('pk'), missing('deleted')));
  const item = (await home.table.get(key)) as RoleItem | undefined;
  if (item?.deleted === undefined) throw new NotFoundError('role', id, '', await suggestion(home, id));
  await tellUntold(home, item);
  await tellRole(home, 'deleted_role', id, item.deleted);
  await home.table.delete(key, equals('deleted', item.deleted));
}

/** 400 names the first role that doesn't exist. */
export async function checkRoles(home: Home, ids: readonly string[]): Promise<void> {
  const items = (await home.table.getMany(ids.map(roleKey))) as (RoleItem | undefined)[];
  for (const [i, id] of ids.entries()) {
    const item = items[i];
    if (findSystemRole(id) || (item && item.deleted === undefined)) continue;
    const advice = (await suggestion(home, id)) ?? 'GET /api/roles lists those there are';
    throw new InvalidError(`role "${id}" does not exist; ${advice}`);
  }
}

/** What these roles allow. One that is gone allows nothing, and neither does one that a later version wrote. */
export async function grantsOf(home: Home, ids: readonly string[]): Promise<Grants[]> {
  const own = ids.filter((id) => !findSystemRole(id));
  const items = own.length ? ((await home.table.getMany(own.map(roleKey))) as (RoleItem | undefined)[]) : [];
  const system = ids.map((id) => systemGrants.get(id)).filter((grants) => grants !== undefined);
  return [...system, ...items.flatMap((item) => (item ? [grantsOfItem(item)] : []))];
}

const findSystemRole = (id: string) => systemRoles.find((role) => role.id === id);

const systemGrants = new Map<string, Grants>(
  systemRoles.map(({ id, permissions }) => [id, permissions.map(readPermission)]),
);

function grantsOfItem({ permissions, deleted }: RoleItem): Grants {
  if (deleted !== undefined) return [];
  try {
    return permissions.map(readPermission);
  } catch {
    return [];
  }
}

async function findRole(home: Home, id: string): Promise<RoleItem | undefined> {
  const item = (await home.table.get(roleKey(id))) as RoleItem | undefined;
  return item?.deleted === undefined ? item : undefined;
}

function refuseSystemRole(id: string): void {
  if (findSystemRole(id))
    throw new ConflictError(`role "${id}" is one of Gofer's own and stays as it is; create another`);
}

async function suggestion(home: Home, id: string): Promise<string | undefined> {
  return didYouMean(
    id,
    (await listRoles(home)).map((role) => role.id),
  );
}

function checkRoleId(id: string): void {
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(id))
    throw new InvalidError(`role id "${id.slice(0, 80)}" must be 1 to 64 letters, digits, hyphens or underscores`);
}

function readPermissions(permissions: readonly Permission[]): void {
  const size = JSON.stringify(permissions).length;
  if (size > mostPermissions)
    throw new InvalidError(
      `permissions take ${size} characters of JSON; ${mostPermissions} are allowed: make two roles`,
    );
  permissions.forEach(readPermission);
}

const roleView = ({ id, description, permissions }: RoleItem): RoleView => ({
  id,
  description,
  permissions,
  system_role: false,
});
