/** The step `next t` of a run's machine: reached when t may come into question, answered when it is decided. */
import type { Home } from '../home.ts';
import { loadRunAnd } from '../run/load.ts';
import { taskKey } from '../store/items/run.ts';
import { all, differs, equals, missing } from '../store/table.ts';
import { complete } from './complete.ts';
import { decide } from './decide.ts';
import { parseRunName } from './group.ts';
import { factsFrom, type LaunchOf, tellStart } from './launches.ts';
import { stoppedContainer } from './stopped-container.ts';
import type { TaskItem } from './task.ts';

/** What the compiled state sends, version 1. */
export type NextPayload = {
  readonly v: 1;
  readonly run: string;
  readonly task: string;
  /** The task just before in the series. */
  readonly after?: string | undefined;
  /** `{}`: reached in order; `Error`: somebody before answered; `k` and `e`: launch k of this task has ended with `e`. */
  readonly o: {
    readonly k?: number | undefined;
    readonly e?: StateError | undefined;
    readonly Error?: string | undefined;
  };
  readonly token: string;
};

type StateError = { readonly Error?: string | undefined; readonly Cause?: string | undefined };

/** Longest part of an error's cause that is kept. */
const causeLength = 1000;

export async function next(home: Home, payload: NextPayload): Promise<void> {
  const { after, o, task, token } = payload;
  const name = parseRunName(payload.run);
  const before = after && !o.e && !o.Error ? [after] : [];
  const rows = (o.e ? [task] : before).map((id) => taskKey(name?.uid ?? '', name?.number ?? 0, id));
  const [loaded, item] = name ? await loadRunAnd(home, name.uid, name.number, rows) : [];
  const row = item as TaskItem | undefined;
  if (!loaded) {
    await home.machines.answer(payload.token, { error: 'Gofer.Over', cause: 'the run does not exist' });
    return;
  }
  // The state before has succeeded, and its event may be late: whoever is first completes it.
  if (after && before.length && !row?.status) await complete(home, loaded, after, 'successful');
  const { uid, number } = loaded.run;
  if (o.e && o.k !== undefined)
    await endLaunch(home, { run: loaded.run, row, launch: { uid, number, task, launch: o.k } }, o.e);
  await decide(home, loaded, task, token);
}

/** Launch k, if it is still the one granted, has ended. */
async function endLaunch(
  home: Home,
  of: LaunchOf,
  { Error: error = 'States.TaskFailed', Cause: cause = '' }: StateError,
): Promise<void> {
  const { uid, number, task, launch: k } = of.launch;
  const key = taskKey(uid, number, task);
  const container = error === 'States.TaskFailed' ? stoppedContainer(cause) : undefined;
  const granted = all(equals('phase', 'granted'), equals('launch', k), missing('status'));
  const set = { phase: 'ended', error, news: home.now(), ...(!container && { cause: cause.slice(0, causeLength) }) };
  if (container) {
    const facts = factsFrom(container);
    await tellStart(home, of, facts);
    const written = await home.table.update(
      key,
      { set: { ...set, [`launch_${k}`]: facts } },
      all(granted, differs(`launch_${k}.state`, 'STOPPED')),
    );
    if (written) return;
  }
  await home.table.update(key, { set }, granted);
}
