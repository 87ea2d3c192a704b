/** The decision whether roles allow something. Deny by default; each role is judged by itself. */
import type { Action, Deed, Grant, Named, Resource } from './permission.ts';

/** What is asked for. */
export type Asked = {
  readonly resource: Resource;
  readonly action: Action;
  /** Which of the things that the action stands for, where it stands for several. */
  readonly deed?: Deed;
  /** Ids of what it is about and of all that holds it. A resource whose id is left out: any that the roles name will do. */
  readonly ids: Readonly<Partial<Record<Named, string>>>;
};

/** Permissions of one role. */
export type Grants = readonly Grant[];

/**
 * One permission must name the resource, and whatever holds it (namespace, pipeline, extension) must be named too, for the
 * same action: by this permission if it names any of that kind, else by another one of the same role. So a permission
 * that is limited to some namespaces is never widened by its neighbour.
 */
export const allows = (roles: readonly Grants[], asked: Asked): boolean =>
  roles.some((grants) => {
    const acting = grants.filter(({ action }) => action.has(asked.action));
    return acting.some((grant) => names(grant, asked.resource, asked.ids) && holdersNamed(grant, acting, asked));
  });

function holdersNamed(grant: Grant, others: Grants, { resource, ids }: Asked): boolean {
  const holders = (Object.keys(ids) as Named[]).filter((holder) => holder !== resource && ids[holder] !== undefined);
  return holders.every((holder) => {
    const by = grant.all || grant.on.has(holder) ? [grant] : others;
    return by.some((each) => names(each, holder, ids));
  });
}

function names({ all, on }: Grant, resource: Resource, ids: Asked['ids']): boolean {
  if (all) return true;
  const patterns = on.get(resource);
  if (!patterns) return false;
  const id = ids[resource as Named];
  return id === undefined || patterns.length === 0 || patterns.some((pattern) => pattern.matches(id));
}
