/** Events: facts that happened, kept for 30 days. Written by whoever made the fact, as often as it is repeated. */
import { createHash } from 'node:crypto';
import { NotFoundError } from '../errors.ts';
import type { Home } from '../home.ts';
import { type EventItem, eventKey, eventsPartition } from '../store/items/event.ts';
import type { Page } from '../store/page.ts';
import { remembered } from '../store/remembered.ts';
import type { EventKind } from './kind.ts';
import { timeOfUuid, uuidV7 } from './uuid.ts';

export type { EventKind } from './kind.ts';

const day = 24 * 60 * 60 * 1000;

/** Writers' clocks may be ahead of the reader's by this much. */
const skew = 60_000;

/** How long events are kept, in milliseconds. It also bounds how many day partitions a listing visits. */
export const eventRetention = 30 * day;

/** Ids of events that this process has written, the newest of them. */
const writtenTo = remembered<true>();
const mostWritten = 4_000;

/**
 * Records a fact. `key` names it uniquely and `time` is when it happened, as stored with it: the same key and time are
 * the same event, so a repeated call emits nothing new, though those who listen may hear of it again. One write; none
 * where this process has made it already, for steps tell again what may not have been told, and a container waits.
 */
export async function emit(
  home: Pick<Home, 'table' | 'bus'>,
  { time, kind, key }: { readonly time: number; readonly kind: EventKind; readonly key: string },
): Promise<void> {
  const id = eventId({ time, key });
  const written = writtenTo(home.table);
  if (written.has(id)) return;
  const expires_at = Math.ceil((time + eventRetention) / 1000);
  const item: EventItem = { ...eventKey(time, id), id, emitted: time, kind, expires_at };
  await home.table.put(item);
  written.set(id, true);
  if (written.size > mostWritten) written.delete(written.keys().next().value ?? '');
  home.bus?.publish(eventView(item));
}

/** The id that `emit` gives to this fact. */
export const eventId = ({ time, key }: { readonly time: number; readonly key: string }): string =>
  uuidV7(time, createHash('sha256').update(key).digest());

export async function getEvent(home: Home, id: string): Promise<EventItem> {
  const time = timeOfUuid(id);
  const item = time === undefined ? undefined : await home.table.get(eventKey(time, id));
  if (!item) throw new NotFoundError('event', id);
  return item as EventItem;
}

export async function deleteEvent(home: Home, id: string): Promise<void> {
  const { emitted } = await getEvent(home, id);
  await home.table.delete(eventKey(emitted, id));
}

/** `from` and `to` are epoch milliseconds, both included; `after` is an event's id: only later ones. */
export type EventRange = {
  readonly from?: number;
  readonly to?: number;
  readonly after?: string;
  /** The newest first. */
  readonly reverse?: boolean;
  /** Only those that it accepts; see `filter.ts`. */
  readonly where?: (event: EventItem) => boolean;
};

/** Events in order of the time they happened; one may come late, that is, before others that were listed already. */
export async function listEvents(
  home: Home,
  { offset = 0, limit, ...range }: EventRange & Page = {},
): Promise<EventItem[]> {
  const wanted = limit === undefined ? Number.POSITIVE_INFINITY : offset + limit;
  const events: EventItem[] = [];
  for await (const page of eventPages(home, range, wanted)) {
    events.push(...page);
    if (events.length >= wanted) break;
  }
  return events.slice(offset, wanted);
}

/** Items that are read at once: no more than are wanted, and never so many that memory shows it. */
const pageSize = { least: 50, most: 500 };

/** The same, page by page, however long the history is. `wanted`: about how many will be taken. */
export async function* eventPages(
  home: Home,
  { reverse = false, after = '', where = () => true, ...range }: EventRange = {},
  wanted = Number.POSITIVE_INFINITY,
): AsyncGenerator<EventItem[]> {
  const now = home.now();
  const first = Math.max(range.from ?? 0, timeOfUuid(after) ?? 0, now - eventRetention);
  const last = Math.min(range.to ?? Number.POSITIVE_INFINITY, now + skew);
  const limit = Math.min(Math.max(wanted + 1, pageSize.least), pageSize.most);
  let from = timeOfUuid(after) === first ? after : idFloor(first);
  let to = idCeiling(last);
  // Both ends of a range belong to it: the event that the last page ended with is met again.
  let known = after;
  for (const start of days(first, last, reverse)) {
    for (let more = true; more; ) {
      const found = (await home.table.query(eventsPartition(start), { from, to, reverse, limit })) as EventItem[];
      const fresh = found.filter(({ id }) => id !== known && id !== after);
      const end = found.at(-1)?.id;
      if (end !== undefined) known = end;
      if (end !== undefined && reverse) to = end;
      else if (end !== undefined) from = end;
      yield fresh.filter(where);
      more = found.length === limit;
    }
  }
}

export const eventView = ({ id, emitted, kind }: EventItem) => ({ id, emitted, kind });

/** All ids of a time lie between these two. */
const idFloor = (time: number) => uuidV7(time, new Uint8Array(10));
const idCeiling = (time: number) => uuidV7(time, new Uint8Array(10).fill(0xff));

function days(first: number, last: number, reverse: boolean): number[] {
  const from = Math.floor(first / day);
  const starts = Array.from({ length: Math.max(0, Math.floor(last / day) - from + 1) }, (_, i) => (from + i) * day);
  return reverse ? starts.reverse() : starts;
}
