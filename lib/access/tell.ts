/** Every change of access is an event: who may do what changes under everybody's eyes. Repeated calls tell nothing new. */
import { emit } from '../events/events.ts';
import type { EventKind } from '../events/kind.ts';
import type { Home } from '../home.ts';
import type { TokenItem } from '../store/items/access.ts';

/** Id of the token that asked for the change; absent: the product itself, or somebody who had not to identify. */
export type By = string | undefined;

type TokenChange = 'created_token' | 'deleted_token' | 'disabled_token' | 'enabled_token';

type Told = Pick<Home, 'table' | 'bus'>;

export function tellToken(home: Told, what: TokenChange, { id, user }: TokenItem, time: number, by: By): Promise<void> {
  const details = { token_id: id, user, ...(by !== undefined && { by_token_id: by }) };
  return emit(home, { time, kind: { [what]: details } as EventKind, key: `token/${id}/${time}/${what}` });
}

/** Gofer's clients know when roles come and go, and of what form that is: it can't say who did it. */
export const tellRole = (home: Told, what: 'created_role' | 'deleted_role', id: string, time: number): Promise<void> =>
  emit(home, { time, kind: { [what]: { role_id: id } } as EventKind, key: `role/${id}/${time}/${what}` });

/** That one has changed is told to those who ask for it. */
export function tellRoleUpdate(home: Told, id: string, time: number, by: By): Promise<void> {
  const kind = { updated_role: { role_id: id, ...(by !== undefined && { by_token_id: by }) } };
  return emit(home, { time, kind, key: `role/${id}/${time}/updated_role` });
}
