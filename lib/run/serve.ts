/** Free seats go to the line, one run after another, until none is left or nobody waits. */
import type { Home } from '../home.ts';
import type { PipelineItem } from '../store/items/pipeline.ts';
import { type LineItem, lineKey } from '../store/items/system.ts';
import { any, less, missing } from '../store/table.ts';
import { begin } from './begin.ts';
import { Flights } from './flights.ts';
import { inOrder, type Line, leave, moveToEnd, readLine } from './line.ts';
import type { RunItem } from './run.ts';
import { clearSeats, leaveSeat, readSeats } from './seats.ts';
import { nextPending, takeSlot } from './slots.ts';

/** What those who died have left behind is looked for this often, in milliseconds. */
const clearEvery = 60_000;

const flights = new Flights();

/** Any number of callers may do so at once, also in other processes. */
export const serveLine = (home: Home): Promise<void> => flights.fly(home.table, 'line', () => serve(home));

async function serve(home: Home): Promise<void> {
  const failed = new Set<string>();
  for (;;) {
    const line = await readLine(home);
    if (!line.waiting.size || !(await serveNext(home, line, failed))) return;
  }
}

/** False: there is no seat, or nobody can use one. */
async function serveNext(home: Home, line: Line, failed: Set<string>): Promise<boolean> {
  const thorough = await clearNowAndThen(home, line);
  const seats = await readSeats(home, line);
  let full = false;
  for (const { name, entry, pipeline } of await inOrder(home, line, seats.countOf)) {
    if (failed.has(name)) continue;
    const run = pipeline && (await firstPending(home, pipeline));
    if (run === 'blocked') continue;
    if (!run) {
      await leave(home, entry);
      continue;
    }
    const seat: number | undefined = seats.rowOf(run) ?? (full ? undefined : await seats.take(run));
    full ||= seat === undefined;
    // Further back somebody may have one already, taken by a process that died before the run began.
    if (seat === undefined && thorough) continue;
    if (seat === undefined) return false;
    await moveToEnd(home, entry, name);
    // What goes wrong with one must not keep others waiting. The sweep tries it again, and tells.
    await begin(home, run, seat).catch(() => failed.add(name));
    return true;
  }
  return false;
}

/** `blocked`: by its own parallelism, or by numbers that are on their way: it waits for no seat. */
async function firstPending(home: Home, pipeline: PipelineItem): Promise<RunItem | 'blocked' | undefined> {
  const { pending, more } = await nextPending(home, pipeline);
  const [first] = pending;
  if (first) return (await takeSlot(home, pipeline, first)) ? first : undefined;
  return more ? 'blocked' : undefined;
}

/** True when all rows were looked through now. */
async function clearNowAndThen(home: Home, { cleared, most }: Line): Promise<boolean> {
  const now = home.now();
  if (now - cleared < clearEvery) return false;
  const due = any(missing('cleared'), less('cleared', now - clearEvery + 1));
  if (!(await home.table.update(lineKey, { set: { cleared: now } }, due))) return false;
  await clearSeats(home, most);
  return true;
}

/** At the end of a run: its seat goes back if somebody waits for it. Read after the end was written, as `join` is written before all rows are looked through. */
export async function giveSeatOn(home: Home, run: RunItem): Promise<void> {
  if (run.seat === undefined) return;
  const item = (await home.table.get(lineKey)) as LineItem | undefined;
  if (!item?.waiting) return;
  await leaveSeat(home, run, run.seat);
  await serveLine(home);
}
