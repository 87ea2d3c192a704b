/** Which entries of a list its reader may see: lists have no name in their path that could be refused. */
import type { EventKind } from '../events/kind.ts';
import type { Asked } from './allows.ts';
import type { Caller } from './caller.ts';
import type { Action, Named } from './permission.ts';

type Ids = Asked['ids'];

/** For `filter`: true for what the caller may read; of everybody where nobody has to identify. */
export const mayRead =
  (caller: Caller | undefined, resource: Named, holders: Ids = {}) =>
  ({ id }: { readonly id: string }): boolean =>
    !caller || caller.may({ resource, action: 'read', ids: { ...holders, [resource]: id } });

/** For `filter`: an event is seen by whoever may read events of the namespace and the pipeline that it is about. */
export const mayReadEvent =
  (caller: Caller | undefined) =>
  ({ kind }: { readonly kind: EventKind }): boolean =>
    !caller || askedOfEvent(kind, 'read').every(caller.may);

type Details = {
  readonly namespace_id?: string;
  readonly pipeline_id?: string;
  readonly id?: string;
};

/** What one must be allowed for this with an event: the same with events where it happened, and with what it is about. */
export const askedOfEvent = (kind: EventKind, action: Action): Asked[] =>
  subjectsOf(kind).map((subject) => ({ ...subject, action }));

function subjectsOf(kind: EventKind): Omit<Asked, 'action'>[] {
  const [[name, details] = ['', {}]] = Object.entries(kind) as [string, Details][];
  const { namespace_id: namespaces, pipeline_id: pipelines, id } = details;
  if (namespaces !== undefined)
    return [{ resource: 'events', ids: { namespaces, ...(pipelines !== undefined && { pipelines }) } }];
  const events = { resource: 'events', ids: {} } as const;
  if (name.endsWith('_role')) return [events, { resource: 'permissions', ids: {} }];
  if (name.endsWith('_token')) return [events, { resource: 'tokens', ids: {} }];
  if (name.endsWith('_extension'))
    return [events, { resource: 'extensions', ids: id === undefined ? {} : { extensions: id } }];
  return [events];
}
