/** From pending to running, for a run that holds a slot of its pipeline and a seat of the installation. */
import type { Home } from '../home.ts';
import { runKey } from '../store/items/run.ts';
import { all, equals, exists, missing } from '../store/table.ts';
import { startOnMachine } from './execution.ts';
import { findRun, loadConfig } from './load.ts';
import type { RunItem } from './run.ts';
import { leaveSeat } from './seats.ts';
import { releaseSlot } from './settle.ts';
import { tellQueued, tellStarted } from './tell.ts';

/** If the run was cancelled meanwhile, slot and seat go back at once. */
export async function begin(home: Home, pending: RunItem, seat: number): Promise<void> {
  const { config } = await loadConfig(home, pending.uid, pending.version);
  const now = home.now();
  const deadline = config.timeout === undefined ? undefined : now + config.timeout * 1000;
  const set = { state: 'running', started: now, deadline, news: now, seat };
  const key = runKey(pending.uid, pending.number);
  const run = (await home.table.update(key, { set }, all(equals('state', 'pending'), missing('cancelling')))) as
    | RunItem
    | undefined;
  if (run) return startExecution(home, run);
  const found = await findRun(home, pending.uid, pending.number);
  if (found?.state !== 'running' || found.seat !== seat) await leaveSeat(home, pending, seat);
  if (found?.state !== 'running') await releaseSlot(home, pending);
}

/** Starts a running run's execution, as often as it takes: name and input are always the same. What was to be told by then is. */
export async function startExecution(home: Home, run: RunItem): Promise<void> {
  const [started] = await Promise.all([startOnMachine(home, run), tellQueued(home, run), tellStarted(home, run)]);
  if (started) await home.table.update(runKey(run.uid, run.number), { set: { begun: true } }, exists('pk'));
}
