/** Events. */
import type { EventKind } from '../../events/kind.ts';
import type { Key } from '../table.ts';

/** Events are kept by UTC day; their ids (UUID v7) hold the time, so an id alone finds its event. */
export const eventsPartition = (time: number) => `EVENTS#${new Date(time).toISOString().slice(0, 10)}`;
export const eventKey = (time: number, id: string): Key => ({ pk: eventsPartition(time), sk: id });
export type EventItem = Key & { id: string; emitted: number; kind: EventKind; expires_at: number };
