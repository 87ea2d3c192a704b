import * as z from 'zod';
import { InvalidError } from '../../errors.ts';
import { deleteEvent, eventView, getEvent, listEvents } from '../../events/events.ts';
import { operation } from '../operation.ts';
import { longPageOf, longPageSchema } from '../page.ts';
import { eventSchema } from '../schemas/event.ts';
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
    }),
    status: 200,
    response: z.object({ events: z.array(eventSchema) }),
    streams: true,
    handler: async (home, { query, headers }) => {
      const as = wantedStream(headers);
      if (as === 'other') return { events: (await listEvents(home, longPageOf(query))).map(eventView) };
      const { history = false, reverse = false } = query;
      if (reverse && !history)
        throw new InvalidError('query reverse: true needs history=true: what is to come has no end to begin at');
      const after = headers['last-event-id'];
      return openEventStream(home, { as, history, reverse, ...(after && { after }) });
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
    response: z.object({ event: eventSchema }),
    handler: async (home, { params }) => ({ event: eventView(await getEvent(home, params.event_id)) }),
  }),
  operation({
    operationId: 'delete_event',
    method: 'DELETE',
    path: '/api/events/{event_id}',
    summary: 'Delete an event',
    access: { resource: 'events', action: 'delete' },
    params,
    status: 204,
    handler: (home, { params }) => deleteEvent(home, params.event_id),
  }),
];
