/** Events as a stream: what has happened, if asked for, and then what happens. */
import { setTimeout } from 'node:timers/promises';
import { eventView, listEvents } from '../../events/events.ts';
import type { Home } from '../../home.ts';
import type { EventItem } from '../../store/items.ts';
import { StreamAnswer, type wantedStream } from './answer.ts';
import { sse, sseContentType } from './sse.ts';

/** Live events are looked for this often, in milliseconds. */
const lookEvery = 1_000;

/** Facts are stored under the time they happened, which may be this much earlier: so far back every look goes. */
const lateness = 15_000;

export type EventStreamRequest = {
  readonly as: Exclude<ReturnType<typeof wantedStream>, 'other'>;
  readonly history: boolean;
  /** History from the newest back; what happens then still comes as it happens. */
  readonly reverse: boolean;
  /** Id of the last event that the client has. */
  readonly after?: string;
};

export function openEventStream(home: Home, { as, ...request }: EventStreamRequest): StreamAnswer {
  const batches = (signal: AbortSignal) => readEvents(home, request, signal);
  if (as === 'websocket') {
    return new StreamAnswer({
      messages: (signal) => mapped(batches(signal), (event) => JSON.stringify(eventView(event))),
    });
  }
  const encode = (event: EventItem) => ({ id: event.id, data: JSON.stringify(eventView(event)) });
  return new StreamAnswer({ contentType: sseContentType, bytes: (signal) => sse(mapped(batches(signal), encode)) });
}

async function* readEvents(
  home: Home,
  { history, reverse, after }: Omit<EventStreamRequest, 'as'>,
  signal: AbortSignal,
): AsyncGenerator<readonly EventItem[]> {
  const begin = home.now();
  const sent = new Map<string, number>();
  const fresh = (events: readonly EventItem[]) => {
    const unsent = events.filter(({ id }) => !sent.has(id));
    for (const { id, emitted } of unsent) sent.set(id, emitted);
    return unsent;
  };
  // What is there already counts as sent, unless it was asked for.
  const before = history || after ? { ...(after && { after }), reverse } : { from: begin - lateness, to: begin };
  const known = fresh(await listEvents(home, before));
  if ((history || after) && known.length) yield known;
  while (!signal.aborted) {
    const from = Math.max(begin, home.now()) - lateness;
    for (const [id, emitted] of sent) if (emitted < from - lateness) sent.delete(id);
    const events = fresh(await listEvents(home, { from }));
    if (events.length) yield events;
    await setTimeout(lookEvery, undefined, { signal }).catch(() => undefined);
  }
}

async function* mapped<T, U>(source: AsyncIterable<readonly T[]>, map: (item: T) => U): AsyncGenerator<U[]> {
  for await (const items of source) yield items.map(map);
}
