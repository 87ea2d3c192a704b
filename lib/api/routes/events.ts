import * as z from 'zod';
import { askedOfEvent, mayReadEvent } from '../../access/visible.ts';
import { InvalidError, NotFoundError } from '../../errors.ts';
import { deleteEvent, eventView, getEvent, listEvents } from '../../events/events.ts';
import { eventFilter } from '../../events/filter.ts';
import type { Home } from '../../home.ts';
import { didYouMean } from '../../pipeline/suggestion.ts';
import type { EventItem } from '../../store/items/event.ts';
import { demand } from '../access.ts';
import { type Caller, operation } from '../operation.ts';
import { longPageOf, longPageSchema } from '../page.ts';
import { extendedEventSchema, extendedKindNames, kindNames } from '../schemas/event.ts';
import { wantedStream } from '../stream/answer.ts';
import { openEventStream } from '../stream/event-stream.ts';

const params = z.object({ event_id: z.string() });

export const events = [
  operation({
    operationId: 'stream_events',
    method: 'GET',
    path: '/api/events',
    summary: 'Follow events as a WebSocket or as Server-Sent Events; any other request gets the list of past ones',
    access: { resource: 'events', action: 'read' },
    query: longPageSchema.extend({
      history: z.boolean().optional().describe('Of a stream: begin with what has happened.'),
      reverse: z.boolean().optional().describe('The newest first; a stream needs `history` with it.'),
      kind: z.string().optional().describe('Only these kinds, separated by commas: `queued_run,completed_run`.'),
      kinds: z
        .literal('extended')
        .optional()
        .describe("Also the kinds that Gofer 0.9 doesn't know, on which its own clients would fail."),
      namespace: z.string().optional().describe('Only what happened in this namespace.'),
      pipeline: z.string().optional().describe('Only what happened to pipelines of this id.'),
    }),
    status: 200,
    response: z.object({ events: z.array(extendedEventSchema) }),
    streams: true,
    handler: async (home, { query, headers, caller }) => {
      const as = wantedStream(headers);
      const [wanted, visible] = [wantedEvents(query), mayReadEvent(caller)];
      const where = (event: EventItem) => wanted(event) && visible(event);
      if (as === 'other') return { events: (await listEvents(home, { ...longPageOf(query), where })).map(eventView) };
      const { history = false, reverse = false } = query;
      if (reverse && !history)
        throw new InvalidError('query reverse: true needs history=true: what is to come has no end to begin at');
      const after = headers['last-event-id'];
      return openEventStream(home, { as, history, reverse, where, ...(after && { after }) });
    },
  }),
  operation({
    operationId: 'get_event',
    method: 'GET',
    path: '/api/events/{event_id}',
    summary: 'Get an event',
    access: { resource: 'events', action: 'read' },
    params,
    status: 200,
    response: z.object({ event: extendedEventSchema }),
    handler: async (home, { params, caller }) => ({
      event: eventView(await visibleEvent(home, params.event_id, caller)),
    }),
  }),
  operation({
    operationId: 'delete_event',
    method: 'DELETE',
    path: '/api/events/{event_id}',
    summary: 'Delete an event',
    access: { resource: 'events', action: 'delete' },
    params,
    status: 204,
    handler: async (home, { params, caller }) => {
      const { kind } = await visibleEvent(home, params.event_id, caller);
      // The path names only the event: what it is about is known no sooner.
      for (const asked of askedOfEvent(kind, 'delete')) demand(caller, asked);
      await deleteEvent(home, params.event_id);
    },
  }),
];

/** An event of what the caller may not see is as one that never was. */
async function visibleEvent(home: Home, id: string, caller: Caller | undefined): Promise<EventItem> {
  const event = await getEvent(home, id);
  if (!mayReadEvent(caller)(event)) throw new NotFoundError('event', id);
  return event;
}

type Wanted = {
  readonly kind?: string | undefined;
  readonly kinds?: 'extended' | undefined;
  readonly namespace?: string | undefined;
  readonly pipeline?: string | undefined;
};

/** Who names a kind wants it; all others get the kinds that every client knows. */
function wantedEvents({ kind, kinds, namespace, pipeline }: Wanted) {
  const all = kinds === 'extended' ? kindNames : kindNames.filter((name) => !extendedKindNames.includes(name));
  return eventFilter({
    kinds: new Set(kind === undefined || kind === 'any' ? all : kind.split(',').map(checkedKind)),
    ...(namespace !== undefined && { namespace }),
    ...(pipeline !== undefined && { pipeline }),
  });
}

function checkedKind(text: string): string {
  const name = text.trim();
  if (kindNames.includes(name)) return name;
  const suggestion = didYouMean(name, kindNames) ?? `allowed are ${kindNames.join(', ')}`;
  throw new InvalidError(`query kind: "${name}" is no kind of event; ${suggestion}`);
}
