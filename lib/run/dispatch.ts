/** Fills a pipeline's free slots with pending runs, in the order of their numbers. Start, end and sweep call it. */
import type { Home } from '../home.ts';
import { type PipelineItem, pipelineKey, pipelinePartition, runKey, runPrefix } from '../store/items.ts';
import { all, any, type Condition, contains, equals, exists, missing, sizeLess, type Table } from '../store/table.ts';
import { startOnMachine } from './execution.ts';
import { findRun, loadConfig } from './load.ts';
import { numbersOf } from './numbers.ts';
import type { RunItem } from './run.ts';
import { releaseSlot } from './settle.ts';
import { tellQueued, tellStarted } from './tell.ts';

/** Pending runs looked at in one go. */
const page = 25;

type Flight = { again: boolean; done: Promise<void> };

/** A process dispatches a pipeline once at a time; those who ask meanwhile share one more turn. */
const flights = new WeakMap<Table, Map<string, Flight>>();

/** Starts as many pending runs as there are free slots. Any number of callers at once fill each slot once, in order. */
export function dispatch(home: Home, namespace: string, id: string): Promise<void> {
  const here = flights.get(home.table) ?? new Map<string, Flight>();
  flights.set(home.table, here);
  const name = `${namespace}/${id}`;
  const current = here.get(name);
  if (current) {
    current.again = true;
    return current.done;
  }
  const flight: Flight = { again: true, done: Promise.resolve() };
  here.set(name, flight);
  const fly = async () => {
    try {
      while (flight.again) {
        flight.again = false;
        await fill(home, namespace, id);
      }
    } finally {
      here.delete(name);
    }
  };
  flight.done = fly();
  return flight.done;
}

async function fill(home: Home, namespace: string, id: string): Promise<void> {
  for (;;) {
    const pipeline = (await home.table.get(pipelineKey(namespace, id))) as PipelineItem | undefined;
    if (!pipeline || isFull(pipeline)) return;
    const from = runKey(pipeline.uid, pipeline.next_up ?? 0).sk;
    const range = { from, to: `${runPrefix}~`, limit: page };
    const { found, settled } = await numbersOf(home.table, pipeline.uid).look(
      () => home.table.query(pipelinePartition(pipeline.uid), range) as Promise<RunItem[]>,
    );
    // Those above come when their starts have ended: each of them dispatches.
    const runs = found.filter(({ number }) => number < settled);
    const pending = runs.filter(({ state, cancelling }) => state === 'pending' && !cancelling);
    for (const run of pending) {
      if (!(await takeSlot(home, pipeline, run))) return;
      await begin(home, run);
    }
    if (runs.length < page) return;
    if (!pending.length && !(await skip(home, pipeline, runs))) return;
  }
}

/** Whoever gives a slot back dispatches then. */
const isFull = ({ parallelism, active }: PipelineItem) => parallelism > 0 && (active?.size ?? 0) >= parallelism;

async function takeSlot(home: Home, { namespace, id, uid, parallelism }: PipelineItem, run: RunItem): Promise<boolean> {
  const free: Condition = parallelism
    ? any(missing('active'), contains('active', run.number), sizeLess('active', parallelism))
    : equals('uid', uid);
  const change = { add: { active: new Set([run.number]) }, set: { next_up: run.number } };
  return (await home.table.update(pipelineKey(namespace, id), change, all(equals('uid', uid), free))) !== undefined;
}

/** Takes a pending run that holds a slot to running. If it was cancelled meanwhile, the slot goes back at once. */
export async function begin(home: Home, pending: RunItem): Promise<void> {
  const { config } = await loadConfig(home, pending.uid, pending.version);
  const now = home.now();
  const deadline = config.timeout === undefined ? undefined : now + config.timeout * 1000;
  const set = { state: 'running', started: now, deadline, news: now };
  const key = runKey(pending.uid, pending.number);
  const run = (await home.table.update(key, { set }, all(equals('state', 'pending'), missing('cancelling')))) as
    | RunItem
    | undefined;
  if (run) return startExecution(home, run);
  const found = await findRun(home, pending.uid, pending.number);
  if (found?.state !== 'running') await releaseSlot(home, pending);
}

/** Starts a running run's execution, as often as it takes: name and input are always the same. What was to be told by then is. */
export async function startExecution(home: Home, run: RunItem): Promise<void> {
  const [started] = await Promise.all([startOnMachine(home, run), tellQueued(home, run), tellStarted(home, run)]);
  if (started) await home.table.update(runKey(run.uid, run.number), { set: { begun: true } }, exists('pk'));
}

/** A whole page of runs that are done or being cancelled: look behind it the next time. */
async function skip(home: Home, { namespace, id, uid }: PipelineItem, runs: readonly RunItem[]): Promise<boolean> {
  if (runs.some(({ state }) => state === 'pending')) return false;
  const next_up = runs.at(-1)?.number ?? 0;
  return (await home.table.update(pipelineKey(namespace, id), { set: { next_up } }, equals('uid', uid))) !== undefined;
}
