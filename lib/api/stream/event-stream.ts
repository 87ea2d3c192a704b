/** Events as a stream: what has happened, if asked for, and then what happens. */
import { setTimeout } from 'node:timers/promises';
import { type EventRange, eventPages, eventView, listEvents } from '../../events/events.ts';
import { timeOfUuid } from '../../events/uuid.ts';
import type { Home } from '../../home.ts';
import type { EventItem } from '../../store/items/event.ts';
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
  readonly where?: EventRange['where'];
  /** Waits before the next look; default a second. */
  readonly pause?: (signal: AbortSignal) => Promise<unknown>;
};

const second = (signal: AbortSignal) => setTimeout(lookEvery, undefined, { signal }).catch(() => undefined);

export function openEventStream(home: Home, { as, pause = second, ...request }: EventStreamRequest): StreamAnswer {
  async function* batches(signal: AbortSignal) {
    const sent = new Sent();
    const begin = home.now() - lateness;
    const { after, where } = request;
    const look = (from: number) => listEvents(home, { from, ...(where && { where }) });
    // What has happened counts as sent, unless it was asked for.
    const before = await look(begin);
    if (after) sent.add(before.filter(({ id, emitted }) => id === after || emitted < cameBy(after)));
    else if (!request.history) sent.add(before);
    if (request.history || after) for await (const events of history(home, request)) yield sent.add(events);
    // A look begins where the last one did: a slow reader, or a long history, may have kept this one waiting.
    let looked = begin;
    while (!signal.aborted) {
      const from = Math.max(begin, looked - lateness);
      looked = home.now();
      sent.forget(from);
      yield sent.add(await look(from));
      await pause(signal);
    }
  }
  return as === 'websocket'
    ? new StreamAnswer({ messages: (signal) => encoded(batches(signal), textOf) })
    : new StreamAnswer({
        contentType: sseContentType,
        bytes: (signal) => sse(encoded(batches(signal), serverSent), signal),
      });
}

/** From here on, events may have been stored after the one that the client has: they are sent, some of them again. */
const cameBy = (after: string): number => Math.max((timeOfUuid(after) ?? 0) - lateness, 0);

const history = (
  home: Home,
  { reverse, after = '', where = () => true }: Omit<EventStreamRequest, 'as'>,
): AsyncGenerator<EventItem[]> =>
  eventPages(home, { reverse, from: cameBy(after), where: (event) => event.id !== after && where(event) });

/** Which events have been sent, of those that may be met again: looks overlap. */
class Sent {
  readonly #times = new Map<string, number>();

  /** Those that are new. */
  add(events: readonly EventItem[]): EventItem[] {
    const fresh = events.filter(({ id }) => !this.#times.has(id));
    for (const { id, emitted } of fresh) this.#times.set(id, emitted);
    return fresh;
  }

  forget(before: number): void {
    for (const [id, emitted] of this.#times) if (emitted < before) this.#times.delete(id);
  }
}

const textOf = (event: EventItem) => JSON.stringify(eventView(event));
const serverSent = (event: EventItem) => ({ id: event.id, data: textOf(event) });

async function* encoded<T>(batches: AsyncIterable<readonly EventItem[]>, encode: (event: EventItem) => T) {
  for await (const events of batches) if (events.length) yield events.map(encode);
}
