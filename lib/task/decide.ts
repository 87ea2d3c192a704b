/** Carries out what `verdict` says: each decision is one conditional write on the task's row, before it is sent. */
import type { Home } from '../home.ts';
import { objectValues } from '../object/values.ts';
import type { TokenAnswer } from '../ports/machines.ts';
import type { LoadedRun } from '../run/load.ts';
import type { RunItem } from '../run/run.ts';
import { unmetSecrets } from '../secret/references.ts';
import { runKey, taskKey } from '../store/items/run.ts';
import { all, type Condition, equals, type Key, missing } from '../store/table.ts';
import { complete } from './complete.ts';
import { inspect } from './launches.ts';
import { containerRequest } from './request.ts';
import type { TaskItem } from './task.ts';
import { tellCreated } from './tell.ts';
import { type Verdict, verdict } from './verdict.ts';

/** Rounds before it leaves the rest to whoever comes next (at the latest the sweep): each means that another writer was faster. */
const rounds = 6;

/**
 * Decides about task `id` as the table says now, writes the decision and sends it to the states that wait for it.
 *
 * `token` is the caller's own: `next` answers it at once if it can (when it dies before that, its state asks again), and
 * it joins the row's set only when it must wait. Then all is read once more: whoever completed a parent in between has
 * not seen it there.
 *
 * `unseen`: the launch, if it is still the newest, of which a listing since its end shows no container that lives.
 */
export async function decide(
  home: Home,
  loaded: LoadedRun,
  id: string,
  token?: string,
  unseen?: number,
): Promise<void> {
  const task = loaded.tasks.get(id);
  if (!task) return;
  const { uid, number } = loaded.run;
  const key = taskKey(uid, number, id);
  const parents = Object.entries(task.depends_on);
  const keys = [key, runKey(uid, number), ...parents.map(([parent]) => taskKey(uid, number, parent))];
  const keep = (own: string) => home.table.update(key, { set: { news: home.now() }, add: { tokens: new Set([own]) } });
  let own = token;
  let inspected = unseen;
  for (let round = 0; round < rounds; round++) {
    const [row, run, ...rows] = (await home.table.getMany(keys)) as [TaskItem?, RunItem?, ...(TaskItem | undefined)[]];
    if (!run) return;
    const found = verdict({
      task,
      row,
      parents: parents.map(([parent, condition], i) => ({ id: parent, condition, status: rows[i]?.status })),
      open: run.open?.size ?? 0,
      awaited: own !== undefined || row?.tokens !== undefined,
      runCancelling: run.cancelling !== undefined,
      now: home.now(),
      inspected: inspected !== undefined && inspected === row?.launch,
    });
    if (found.do === 'inspect' && (await inspect(home, { run, task: id, row }, 'its launch is in doubt'))) {
      inspected = row?.launch;
    } else if (found.do === 'wait' || found.do === 'inspect') {
      if (own === undefined) return;
      await keep(own);
      own = undefined;
    } else if (await carryOut(home, { ...loaded, run }, { id, row, own }, found)) return;
  }
  if (own !== undefined) await keep(own);
}

type Asked = { readonly id: string; readonly row: TaskItem | undefined; readonly own: string | undefined };

/** True when that was all; false when the row has changed in between, or asks for another look. */
async function carryOut(
  home: Home,
  loaded: LoadedRun,
  { id, row, own }: Asked,
  found: Exclude<Verdict, { do: 'wait' | 'inspect' }>,
): Promise<boolean> {
  const { run, tasks } = loaded;
  const key = taskKey(run.uid, run.number, id);
  const task = tasks.get(id);
  if (!task) return true;
  const send = (to: TaskItem | undefined, answer: TokenAnswer) => answerAll(home, key, to?.tokens, own, answer);
  switch (found.do) {
    case 'over':
      await send(row, { error: 'Gofer.Over', cause: row?.status ?? '' });
      return true;
    case 'run': {
      const launch = row?.launch ?? 1;
      // Whoever granted it may have died before that.
      if (row && launch === 1 && (own || row.tokens)) await tellCreated(home, { run, task: id }, row);
      await send(row, { output: await containerRequest(home, loaded, task, launch, row?.values) });
      return true;
    }
    case 'postponed':
      await send(row, { error: postponedName(row) });
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
      const held = found.phase === 'held';
      const change = { set, ...(held && own !== undefined && { add: { tokens: new Set([own]) } }) };
      const changed = (await home.table.update(key, change, unchanged(row))) as TaskItem | undefined;
      if (!changed) return false;
      if (!held) await send(changed, { error: postponedName(changed) });
      return true;
    }
    case 'grant': {
      const unmet = await unmetSecrets(home, run, task);
      if (unmet !== undefined) {
        const reason = { reason: 'failed_precondition', description: unmet } as const;
        await complete(home, loaded, id, 'failed', { when: unchanged(row), reason });
        return false;
      }
      const objects = await objectValues(home, run, task);
      if ('problem' in objects) {
        const reason = { reason: 'failed_precondition', description: objects.problem } as const;
        await complete(home, loaded, id, 'failed', { when: unchanged(row), reason });
        return false;
      }
      const launch = (row?.launch ?? 0) + 1;
      const now = home.now();
      const request = await containerRequest(home, loaded, task, launch, objects.values);
      const time = launch === 1 ? { created: now } : { created: row?.created ?? now, granted: now };
      const set = { phase: 'granted', launch, attempt: found.attempt, news: now, values: objects.values, ...time };
      const condition = all(unchanged(row), missing('cancelling'));
      const remove = ['error', 'cause', 'not_before'];
      const granted = (await home.table.update(key, { set, remove }, condition)) as TaskItem | undefined;
      if (!granted) return false;
      // Told first: where there is a container, it was told. Who dies in between is asked again, as nobody was answered.
      if (launch === 1) await tellCreated(home, { run, task: id }, granted);
      await send(granted, { output: request });
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

/** Answers the caller's own token and those of the row's set, and takes these out: one that is gone was answered already. */
async function answerAll(
  home: Home,
  key: Key,
  waiting: ReadonlySet<string> | undefined,
  own: string | undefined,
  answer: TokenAnswer,
): Promise<void> {
  const tokens = [...(own === undefined ? [] : [own]), ...(waiting ?? [])];
  await Promise.all(tokens.map((token) => home.machines.answer(token, answer)));
  if (waiting?.size) await home.table.update(key, { delete: { tokens: new Set(waiting) } });
}
