/** A run as the API gives it. */
import { eventId } from '../../events/events.ts';
import type { RunItem } from '../../run/run.ts';
import type { FoundRun } from '../../run/runs.ts';
import type { Run } from '../schemas/run.ts';

export function runView(run: RunItem & Partial<FoundRun>): Run {
  return {
    namespace_id: run.namespace,
    pipeline_id: run.pipeline,
    pipeline_config_version: run.version,
    run_id: run.number,
    started: run.started ?? 0,
    ended: run.ended ?? 0,
    state: run.state,
    status: run.status ?? 'unknown',
    status_reason: run.reason ?? null,
    initiator: run.initiator,
    variables: Object.entries(run.variables).map(([key, value]) => ({ key, value, source: 'run_options' })),
    token_id: null,
    store_objects_expired: run.expired?.objects ?? false,
    event_id: startedEvent(run),
    created: run.created,
    ...(run.cancelling && run.state !== 'complete' && { cancelling: true }),
  };
}

/** Id of the event that told of the start; the key is the one it was emitted with. */
const startedEvent = ({ uid, number, started }: RunItem): string | null =>
  started === undefined ? null : eventId({ time: started, key: `${uid}/${number}/started` });
