/** The step `next t` of a run's machine: reached when t may come into question, answered when it is decided. */
import type { Home } from '../home.ts';
import { type LoadedRun, loadRun } from '../run/load.ts';
import { taskKey } from '../store/items.ts';
import { all, differs, equals, missing } from '../store/table.ts';
import { complete } from './complete.ts';
import { decide } from './decide.ts';
import { parseRunName } from './group.ts';
import { factsFrom } from './launches.ts';
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
  const name = parseRunName(payload.run);
  const loaded = name && (await loadRun(home, name.uid, name.number));
  if (!loaded) {
    await home.machines.answer(payload.token, { error: 'Gofer.Over', cause: 'the run does not exist' });
    return;
  }
  const { after, o, task, token } = payload;
  if (after && !o.e && !o.Error) await completeBefore(home, loaded, after);
  const key = taskKey(loaded.run.uid, loaded.run.number, task);
  const add = { tokens: new Set([token]) };
  const ended = o.e && o.k !== undefined ? await endLaunch(home, key, add, o.k, o.e) : undefined;
  if (!ended) await home.table.update(key, { set: { news: home.now() }, add });
  await decide(home, loaded, task);
}

/** The state before has succeeded, and its event may be late: whoever is first completes it. */
async function completeBefore(home: Home, loaded: LoadedRun, task: string): Promise<void> {
  const row = (await home.table.get(taskKey(loaded.run.uid, loaded.run.number, task))) as TaskItem | undefined;
  if (!row?.status) await complete(home, loaded, task, 'successful');
}

/** In one write: the token waits, and launch k, if it is still the one granted, has ended. */
async function endLaunch(
  home: Home,
  key: ReturnType<typeof taskKey>,
  add: { tokens: Set<string> },
  k: number,
  { Error: error = 'States.TaskFailed', Cause: cause = '' }: StateError,
) {
  const container = error === 'States.TaskFailed' ? stoppedContainer(cause) : undefined;
  const granted = all(equals('phase', 'granted'), equals('launch', k), missing('status'));
  const set = { phase: 'ended', error, news: home.now(), ...(!container && { cause: cause.slice(0, causeLength) }) };
  if (container) {
    const facts = { [`launch_${k}`]: factsFrom(container) };
    const written = await home.table.update(
      key,
      { set: { ...set, ...facts }, add },
      all(granted, differs(`launch_${k}.state`, 'STOPPED')),
    );
    if (written) return written;
  }
  return home.table.update(key, { set, add }, granted);
}
