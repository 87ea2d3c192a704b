/** Which events somebody wants to see. */
import type { EventItem } from '../store/items/event.ts';
import { nameOfKind } from './kind.ts';

export type EventFilter = {
  /** Names of kinds; absent: all. */
  readonly kinds?: ReadonlySet<string>;
  /** Those of what belongs to this namespace, and of the namespace itself. */
  readonly namespace?: string;
  /** Those of the pipelines with this id. */
  readonly pipeline?: string;
};

/** Events of what has no namespace (roles, extensions) belong to none. */
export function eventFilter({ kinds, namespace, pipeline }: EventFilter): (event: Pick<EventItem, 'kind'>) => boolean {
  return ({ kind }) => {
    const name = nameOfKind(kind);
    if (kinds && !kinds.has(name)) return false;
    const { namespace_id, pipeline_id }: Ids = Object.values(kind)[0] ?? {};
    return (
      (namespace === undefined || namespace === namespace_id) && (pipeline === undefined || pipeline === pipeline_id)
    );
  };
}

type Ids = { readonly namespace_id?: string; readonly pipeline_id?: string };
