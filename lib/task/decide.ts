/** Carries out what `verdict` says: each decision is one conditional write on the task's row, before it is sent. */
import { emit } from '../events/events.ts';
import type { Home } from '../home.ts';
import type { TokenAnswer } from '../ports/machines.ts';
import { type LoadedRun, loadRun } from '../run/load.ts';
import type { RunItem } from '../run/run.ts';
import { runKey, taskKey } from '../store/items.ts';
import { all, type Condition, equals, type Key, missing } from '../store/table.ts';
import { complete } from './complete.ts';
import { inspect } from './launches.ts';
import { containerRequest } from './request.ts';
import type { TaskItem } from './task.ts';
import { type Verdict, verdict } from './verdict.ts';

/** Rounds before it leaves the rest to whoever comes next (at the latest the sweep): each means that another writer was faster. */
const rounds = 6;

/** Decides about task `id` as the table says now, writes the decision and sends it to the states that wait for it. */
export async function decide(home: Home, loaded: LoadedRun, id: string): Promise<void> {
  const task = loaded.tasks.get(id);
  if (!task) return;
  const { uid, number } = loaded.run;
  const key = taskKey(uid, number, id);
  const parents = Object.entries(task.depends_on);
  const keys = [key, runKey(uid, number), ...parents.map(([parent]) => taskKey(uid, number, parent))];
  let inspected: number | undefined;
  for (let round = 0; round < rounds; round++) {
    const [row, run, ...rows] = (await home.table.getMany(keys)) as [TaskItem?, RunItem?, ...(TaskItem | undefined)[]];
    if (!run) return;
    const found = verdict({
      task,
      row,
      parents: parents.map(([parent, condition], i) => ({ id: parent, condition, status: rows[i]?.status })),
      runCancelling: run.cancelling !== undefined,
      now: home.now(),
      inspected: inspected !== undefined && inspected === row?.launch,
    });
    if (found.do === 'inspect') {
      if (!(await inspect(home, { uid, number, task: id }, 'its launch is in doubt'))) return;
      inspected = row?.launch;
    } else if (await carryOut(home, { ...loaded, run }, id, row, found)) return;
  }
}

/** True when that was all; false when the row has changed in between, or asks for another look. */
async function carryOut(
  home: Home,
  loaded: LoadedRun,
  id: string,
  row: TaskItem | undefined,
  found: Verdict,
): Promise<boolean> {
  const { run, tasks } = loaded;
  const key = taskKey(run.uid, run.number, id);
  const task = tasks.get(id);
  if (!task || found.do === 'wait' || found.do === 'inspect') return true;
  switch (found.do) {
    case 'over':
      await send(home, key, row, { error: 'Gofer.Over', cause: row?.status ?? '' });
      return true;
    case 'run': {
      const request = await containerRequest(home, run, task, row?.launch ?? 1);
      await send(home, key, row, { output: request });
      return true;
    }
    case 'postponed':
      await send(home, key, row, { error: postponedName(row) });
      return true;
    case 'complete':
      await complete(home, loaded, id, found.status, {
        when: unchanged(row),
        ...(found.reason && { reason: found.reason }),
      });
      return false;
    case 'postpone': {
      const now = home.now();
      const set = { phase: found.phase, not_before: now + found.seconds * 1000, news: now };
      const changed = (await home.table.update(key, { set }, unchanged(row))) as TaskItem | undefined;
      if (!changed) return false;
      await send(home, key, changed, { error: postponedName(changed) });
      return true;
    }
    case 'grant': {
      const launch = (row?.launch ?? 0) + 1;
      const now = home.now();
      const request = await containerRequest(home, run, task, launch);
      const set = { phase: 'granted', launch, attempt: found.attempt, news: now, created: row?.created ?? now };
      const condition = all(unchanged(row), missing('cancelling'));
      const granted = await home.table.update(key, { set, remove: ['error', 'cause', 'not_before'] }, condition);
      if (!granted) return false;
      await send(home, key, granted as TaskItem, { output: request });
      if (launch === 1) await emitTask(home, run, id, now);
      return true;
    }
  }
}

/** The name that the compiled `Retry` entries know. */
const postponedName = (row: TaskItem | undefined) =>
  row?.phase === 'later' ? 'Gofer.Later' : `Gofer.Again.${row?.attempt ?? 1}`;

/** Holds while the row is as the decision found it. */
function unchanged(row: TaskItem | undefined): Condition {
  const same = (name: 'phase' | 'launch' | 'not_before') => {
    const value = row?.[name];
    return value === undefined ? missing(name) : equals(name, value);
  };
  return all(missing('status'), same('phase'), same('launch'), same('not_before'));
}

/** Answers every token in the row's set and takes it out: one that is gone was answered already. */
async function send(home: Home, key: Key, row: TaskItem | undefined, answer: TokenAnswer): Promise<void> {
  const tokens = [...(row?.tokens ?? [])];
  if (!tokens.length) return;
  await Promise.all(tokens.map((token) => home.machines.answer(token, answer)));
  await home.table.update(key, { delete: { tokens: new Set(tokens) } });
}

async function emitTask(home: Home, run: RunItem, id: string, time: number): Promise<void> {
  const ids = { namespace_id: run.namespace, pipeline_id: run.pipeline, run_id: run.number, task_execution_id: id };
  await emit(home, { time, kind: { created_task_execution: ids }, key: `${run.uid}/${run.number}/${id}/created` });
}

/** Decides about task `id` of the run, if both exist. */
export async function decideTask(home: Home, uid: string, number: number, id: string): Promise<void> {
  const loaded = await loadRun(home, uid, number);
  if (loaded) await decide(home, loaded, id);
}
