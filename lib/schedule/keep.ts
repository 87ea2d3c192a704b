/**
 * Keeps the port's schedules as the table says they should be: those of the live version, while the pipeline is active.
 *
 * The port has no conditional write, so a late worker may set what was right before. Therefore a change is announced in
 * the table first; whoever makes it sets the schedules at once, and the sweep sets them again when every worker of that
 * time has ended. Only pipelines that have or had a schedule take part, and only when something changes.
 */
import type { Home } from '../home.ts';
import type { PipelineConfig } from '../pipeline/config.ts';
import { readConfig } from '../pipeline/stored.ts';
import type { ScheduleInput } from '../ports/schedules.ts';
import { type PipelineItem, pipelineKey } from '../store/items/pipeline.ts';
import { type ConfigItem, configKey, type ScheduleItem, scheduleKey } from '../store/items/version.ts';
import { equals } from '../store/table.ts';

type PipelineId = Pick<PipelineItem, 'namespace' | 'id' | 'uid'>;

/** Before a change of the pipeline's state or owner. False: no schedule is concerned, `keepSchedule` isn't needed. */
export async function announceSchedule(home: Home, pipeline: PipelineItem): Promise<boolean> {
  const { uid, live, managed_by } = pipeline;
  const concerned =
    (await home.table.get(scheduleKey(uid))) !== undefined ||
    (!managed_by && (await scheduleOf(home, uid, live)).length > 0);
  return concerned && announce(home, pipeline);
}

/**
 * Before another version goes live. One with the schedule of the version before changes nothing, and neither does one that
 * a stack deploys, but for a pipeline that had schedules before the stack took it.
 */
export async function announceScheduleOf(
  home: Home,
  id: PipelineId,
  version: number,
  { schedule = [] }: PipelineConfig,
  stack: string | undefined,
): Promise<boolean> {
  const kept = await home.table.get(scheduleKey(id.uid));
  if (!kept) return schedule.length > 0 && stack === undefined && announce(home, id);
  const pipeline = (await home.table.get(pipelineKey(id.namespace, id.id))) as PipelineItem | undefined;
  // The version may be live already, by a worker that died before it set the schedules.
  if (pipeline?.live !== undefined && pipeline.live !== version) {
    const before = await scheduleOf(home, id.uid, pipeline.live);
    if (before.join() === schedule.join()) return false;
  }
  return announce(home, id);
}

async function announce(home: Home, { namespace, id, uid }: PipelineId): Promise<true> {
  const set = { namespace, pipeline: id, uid, changed: home.now(), sweep: 'schedule' };
  await home.table.update(scheduleKey(uid), { set });
  return true;
}

/** After the change. What fails here is the sweep's: the change itself has been made. */
export async function keepSchedule(home: Home, id: PipelineId): Promise<void> {
  await setSchedule(home, id).catch(() => undefined);
}

/** Makes the port's schedules what the table says. */
export async function setSchedule(home: Home, { namespace, id, uid }: PipelineId): Promise<void> {
  const pipeline = (await home.table.get(pipelineKey(namespace, id))) as PipelineItem | undefined;
  // A stack's own rules start the pipelines that it manages.
  const active = pipeline?.uid === uid && pipeline.state === 'active' && !pipeline.managed_by;
  const crons = active ? await scheduleOf(home, uid, pipeline.live) : [];
  const inputs = crons.map((cron): ScheduleInput => ({ v: 1, namespace, pipeline: id, uid, cron }));
  await home.schedules.set(uid, inputs);
}

/** The schedule of a version; a pipeline without a live version has none. */
export async function scheduleOf(home: Home, uid: string, live: number | undefined): Promise<readonly string[]> {
  const version = live === undefined ? undefined : await home.table.get(configKey(uid, live));
  return (version && readConfig(version as ConfigItem).schedule) ?? [];
}

/** What went wrong, a pipeline each; the others were swept all the same. */
export type SweptSchedules = { readonly errors: readonly { readonly pipeline: string; readonly error: unknown }[] };

/** Sets the announced schedules for good, when whoever announced them, and anybody before, has ended. */
export async function sweepSchedules(home: Home): Promise<SweptSchedules> {
  const items = (await home.table.getMany(await home.table.swept('schedule'))) as (ScheduleItem | undefined)[];
  const quiet = home.now() - home.settings.quiet * 1000;
  const errors: { pipeline: string; error: unknown }[] = [];
  for (const item of items) {
    if (!item?.sweep || item.changed > quiet) continue;
    const { namespace, pipeline, uid, changed } = item;
    try {
      await setSchedule(home, { namespace, id: pipeline, uid });
      // Announced again in the meantime: it stays on the list.
      await home.table.update(scheduleKey(uid), { remove: ['sweep'] }, equals('changed', changed));
    } catch (error) {
      errors.push({ pipeline: `${namespace}/${pipeline}`, error });
    }
  }
  return { errors };
}
