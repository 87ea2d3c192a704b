/** What the sweep does for a run that is not complete. */
import type { Home } from '../home.ts';
import { runKey, tasksPartition } from '../store/items/run.ts';
import { differs } from '../store/table.ts';
import { parseGroup } from '../task/group.ts';
import type { TaskItem } from '../task/task.ts';
import { startExecution } from './begin.ts';
import { cancelRun } from './cancel.ts';
import { executionOf } from './execution.ts';
import { findRun, type LoadedRun, loadRun } from './load.ts';
import { triedNow } from './room.ts';
import type { RunItem } from './run.ts';
import { settle } from './settle.ts';
import type { Seen, Sight } from './sight.ts';
import { isHeld, quietSince, sweepTask, type TaskSeen } from './sweep-task.ts';

/** Brings a run on that is not complete. Its execution is asked for only when something depends on it. */
export async function sweepRun(home: Home, found: RunItem, sight: Sight): Promise<void> {
  if (found.deadline !== undefined && home.now() > found.deadline && !found.cancelling)
    await cancelRun(home, found, 'timeout');
  const loaded = await loadRun(home, found.uid, found.number);
  if (!loaded || loaded.run.state === 'complete') return;
  const { run } = loaded;
  const quiet = home.settings.quiet * 1000;
  if (run.state === 'running' && !run.begun && !run.cancelling) {
    // Whoever took it to running may still be at it. To start it again is the same call.
    return sight.listed - run.news >= quiet ? startExecution(home, run) : undefined;
  }
  const items = (await home.table.query(tasksPartition(run.uid, run.number))) as TaskItem[];
  const rows = new Map(items.map((row) => [row.sk, row]));
  const containers = Map.groupBy(sight.containers, ({ group }) => parseGroup(group)?.task);
  const tried = triedNow(loaded.config, items, home.now());
  const tasks = loaded.config.tasks.map(({ id }, position) => ({
    id,
    position,
    row: rows.get(id),
    containers: containers.get(id) ?? [],
    tried: tried.has(id),
  }));
  const execution = needsExecution(home, loaded, sight, tasks) ? await ask(home, run, sight) : 'unknown';
  if (execution !== 'unknown' && execution?.state === 'running' && run.cancelling)
    return home.machines.stop(executionOf(run), 'its run is cancelled');
  for (const task of tasks)
    await sweepTask(home, loaded, { ...task, execution, listed: sight.listed, defined: sight.defined });
  const after = await findRun(home, run.uid, run.number);
  if (after && !after.open) await settle(home, loaded);
}

/** A run in which all goes as it should is asked about this many quiet times apart: its execution may have died unseen. */
const rarely = 10;

function needsExecution(
  home: Home,
  { run, config }: LoadedRun,
  { listed }: Sight,
  tasks: readonly TaskSeen[],
): boolean {
  if (run.cancelling) return true;
  const quiet = home.settings.quiet * 1000;
  if (listed - Math.max(run.news, run.looked ?? 0) >= rarely * quiet) return true;
  const positions = new Map(config.tasks.map(({ id }, position) => [id, position]));
  const waits = (id: string) =>
    Object.keys(config.tasks[positions.get(id) ?? -1]?.depends_on ?? {}).some((parent) =>
      run.open?.has(positions.get(parent) ?? -1),
    );
  return tasks.some(({ id, position, row, containers, tried }) => {
    if (isHeld(row)) return tried;
    if (!run.open?.has(position) || row?.status || listed - quietSince(run, row) < quiet) return false;
    const runs = containers.some(
      ({ group, lastStatus }) => lastStatus !== 'STOPPED' && parseGroup(group)?.launch === row?.launch,
    );
    return row?.phase === undefined ? !waits(id) : !(row.phase === 'granted' && runs);
  });
}

/** Notes when, so that those come first next time who were asked about longest ago. */
async function ask(home: Home, run: RunItem, { listed, execution }: Sight): Promise<Seen> {
  const found = await execution(run);
  if (found !== 'unknown' && listed - (run.looked ?? 0) >= home.settings.quiet * 1000)
    await home.table.update(runKey(run.uid, run.number), { set: { looked: listed } }, differs('state', 'complete'));
  return found;
}
