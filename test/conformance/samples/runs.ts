/** Good requests about runs, their tasks and logs, and about events. */
import type { World } from '../world.ts';
import type { Samples } from './samples.ts';

const asEvents = { accept: 'text/event-stream' };

async function event({ made, pipeline }: World) {
  await pipeline();
  const { events } = await made<{ events: { id: string }[] }>('stream_events');
  return { event_id: events.at(-1)?.id ?? '' };
}

export const runs: Samples = {
  list_runs: async ({ shared }) => ({
    params: await shared.ended(),
    query: { limit: '10', offset: '0', reverse: 'true' },
  }),
  start_run: async ({ shared }) => ({ params: await shared.deployed(), body: { variables: { who: 'me' } } }),
  get_run: async ({ shared }) => ({ params: await shared.ended() }),
  cancel_run: async ({ goingOn }) => ({ params: await goingOn() }),

  list_task_executions: async ({ shared }) => ({ params: await shared.ended() }),
  get_task_execution: async ({ shared }) => ({ params: await shared.ended() }),
  cancel_task_execution: async ({ goingOn }) => ({ params: await goingOn(), query: { wait_for: '5' } }),
  attach_task_execution: async ({ goingOn }) => ({ params: await goingOn(), query: { command: 'true' } }),
  get_logs: async ({ shared }) => ({ params: await shared.ended(), headers: asEvents }),
  delete_logs: async ({ ended }) => ({ params: await ended() }),

  stream_events: async (world) => {
    await event(world);
    return { query: { history: 'true', reverse: 'true' }, headers: asEvents };
  },
  get_event: async (world) => ({ params: await event(world) }),
  delete_event: async (world) => ({ params: await event(world) }),
};
