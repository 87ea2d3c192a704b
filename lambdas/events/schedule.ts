/** Target of every schedule: EventBridge Scheduler's for pipelines of the API, rules for those of a stack. */
import * as z from 'zod';
import type { Home } from '../../lib/home.ts';
import { startScheduled } from '../../lib/schedule/start.ts';

/** Input of version 1. Schedules outlive upgrades: a version is read as long as there may be some that send it. */
const scheduled = z.object({
  v: z.literal(1),
  namespace: z.string(),
  pipeline: z.string(),
  uid: z.string().optional(),
  cron: z.string(),
  time: z.iso.datetime({ offset: true }).transform((time) => Date.parse(time)),
});

/** A refusal is told and not tried again; any other error is thrown, so that it is. */
export const createScheduleHandler = (home: Home, notice: (line: string) => void) => async (event: unknown) => {
  const { uid, ...rest } = scheduled.parse(event);
  const started = await startScheduled(home, { ...rest, ...(uid !== undefined && { uid }) });
  if ('refused' in started) notice(`no run: ${started.refused}`);
};
