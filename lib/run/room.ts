/**
 * Launches that AWS had no room for, and which of them are tried again now.
 *
 * Tasks that wait hold their state's token, which costs nothing. A launch that is tried in vain costs history events, and
 * of these an execution has a fixed number however long it waits. So the run as a whole looks for room, not each of its
 * tasks: what its own containers leave is used by the next sweep, and beyond that it feels its way: one launch, and as
 * many more as have begun since, as long as none is refused.
 */
import { affordableRefusals } from '../machine/limits.ts';
import type { PipelineConfig } from '../pipeline/config.ts';
import { laterSeconds, launchesInVain, wantsRoom } from '../task/retry.ts';
import { factsOf, type TaskItem } from '../task/task.ts';

/** Ids of held tasks whose launch may be tried at `now`, in epoch milliseconds. */
export function triedNow(
  config: Pick<PipelineConfig, 'tasks'>,
  rows: readonly TaskItem[],
  now: number,
): ReadonlySet<string> {
  const held = rows.filter(
    ({ phase, status, tokens, not_before = 0 }) => phase === 'held' && !status && tokens && not_before <= now,
  );
  if (!held.length) return new Set();
  const longestFirst = held.filter(wantsRoom).toSorted((a, b) => (a.not_before ?? 0) - (b.not_before ?? 0));
  const others = held.filter((row) => !wantsRoom(row));
  return new Set([...others, ...longestFirst.slice(0, roomFor(config, rows, now))].map(({ sk }) => sk));
}

/** How many launches there may be room for, to judge by what became of those since the last refusal. */
function roomFor(config: Pick<PipelineConfig, 'tasks'>, rows: readonly TaskItem[], now: number): number {
  const refused = Math.max(...rows.map(refusedAt));
  const tried = rows.filter(({ granted, created = 0 }) => (granted ?? created) > refused);
  const begun = tried.filter((row) => row.status || factsOf(row, row.launch ?? 0)).length;
  const left = rows.filter(({ launch, ended = 0 }) => launch && ended > refused).length;
  const vain = rows.reduce((sum, row) => sum + launchesInVain(row), 0);
  const rested = now - refused >= 1000 * restAfter(vain / affordableRefusals(config));
  return Math.max(left - tried.length, rested ? Math.max(1, begun - left) : 0);
}

/** Epoch milliseconds; 0 when the newest launch was not postponed. */
const refusedAt = ({ phase, status, not_before = 0 }: TaskItem) =>
  !status && (phase === 'held' || phase === 'later') ? not_before - laterSeconds * 1000 : 0;

/**
 * Seconds without a try after a refusal: a minute until half of what the history affords is spent, then doubled with each
 * sixteenth, so that it is never all spent: a run that began alone tries every minute for half a day, and every four hours
 * after some weeks.
 */
const restAfter = (spent: number): number => laterSeconds * 2 ** Math.max(0, 16 * spent - 8);
