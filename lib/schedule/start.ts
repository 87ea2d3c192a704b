/** A time of a schedule has come: it starts a run. */
import { FailedPreconditionError, InvalidError, NotFoundError } from '../errors.ts';
import type { Home } from '../home.ts';
import { findPipeline } from '../pipeline/pipelines.ts';
import type { ScheduleInput } from '../ports/schedules.ts';
import type { RunItem } from '../run/run.ts';
import { startRun } from '../run/start.ts';
import { scheduleOf } from './keep.ts';
import { minuteOf } from './next.ts';

/** `time` is the one that the expression named, whenever it comes; epoch milliseconds. */
export type ScheduledTime = ScheduleInput & { readonly time: number };

/** Why there is no run, and there won't be one: trying again would not help. */
export type Refusal = { readonly refused: string };

/**
 * As long as an `Idempotency-Key` is remembered: later, the same time coming again would start a second run. A time that
 * nobody got to within a day is rather told than made up for.
 */
const latest = 24 * 3600 * 1000;

/**
 * Starts the run of this minute, once: several expressions, and the same time coming twice, are one run. Whether the
 * schedule still holds is looked up, because what brings the times may lag behind the pipeline.
 */
export async function startScheduled(home: Home, wanted: ScheduledTime): Promise<RunItem | Refusal> {
  const { namespace, pipeline: id, uid, cron, time } = wanted;
  const minute = new Date(minuteOf(time)).toISOString();
  const refuse = (why: string): Refusal => ({
    refused: `pipeline "${namespace}/${id}", scheduled at ${minute}: ${why}`,
  });
  if (home.now() - time >= latest) return refuse('more than 24 h late');
  const pipeline = await findPipeline(home, namespace, id);
  if (!pipeline) return refuse('there is no such pipeline');
  if (uid !== undefined && pipeline.uid !== uid) return refuse('this is another pipeline of the same name');
  if (!(await scheduleOf(home, pipeline.uid, pipeline.live)).includes(cron))
    return refuse(`the live version is not scheduled at "${cron}"`);
  try {
    return await startRun(home, {
      namespace,
      pipeline: id,
      variables: {},
      initiator: { id: 'schedule', user: 'schedule' },
      idempotencyKey: `schedule ${minute}`,
    });
  } catch (error) {
    const final = [FailedPreconditionError, InvalidError, NotFoundError].some((kind) => error instanceof kind);
    if (final && error instanceof Error) return refuse(error.message);
    throw error;
  }
}
