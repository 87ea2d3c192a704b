/** What is known of a task's launches: facts fill in whenever they come, and STOPPED is the last word. */
import type { Home } from '../home.ts';
import type { Container } from '../ports/containers.ts';
import type { RunItem } from '../run/run.ts';
import { taskKey } from '../store/items/run.ts';
import { all, atLeast, type Condition, differs } from '../store/table.ts';
import { type Launch, parseGroup, runName } from './group.ts';
import { factsOf, type LaunchFacts, type TaskItem } from './task.ts';
import { tellStarted } from './tell.ts';

const attribute = (launch: number) => `launch_${launch}` as const;

export function factsFrom(container: Container): LaunchFacts {
  return {
    arn: container.arn,
    state: container.lastStatus === 'STOPPED' ? 'STOPPED' : 'RUNNING',
    ...(container.startedAt !== undefined && { started: container.startedAt }),
    ...(container.stoppedAt !== undefined && { stopped: container.stoppedAt }),
    ...(container.exitCode !== undefined && { exit_code: container.exitCode }),
    ...(container.stopCode !== undefined && { stop_code: container.stopCode }),
    ...(container.stoppedReason !== undefined && { stopped_reason: container.stoppedReason }),
  };
}

/** Holds while facts of the launch may still be written: the launch was granted, and is not known to have stopped. */
export function unstopped(launch: number): Condition {
  return all(atLeast('launch', launch), differs(`${attribute(launch)}.state`, 'STOPPED'));
}

/** What to write for a container that runs or has stopped. */
export function factChange(home: Home, launch: number, facts: LaunchFacts) {
  return { [attribute(launch)]: facts, news: home.now() };
}

/** A launch with its run, and the task's row as it was read last. */
export type LaunchOf = { readonly run: RunItem; readonly row: TaskItem | undefined; readonly launch: Launch };

/** Writes the facts; `undefined` when they were known already. */
export async function recordFacts(home: Home, of: LaunchOf, facts: LaunchFacts): Promise<TaskItem | undefined> {
  const { launch } = of;
  await tellStart(home, of, facts);
  const key = taskKey(launch.uid, launch.number, launch.task);
  const set = factChange(home, launch.launch, facts);
  return (await home.table.update(key, { set }, unstopped(launch.launch))) as TaskItem | undefined;
}

/**
 * Tells that the task has started, before its facts say so: where they do, it was told, whoever died when. Further
 * attempts are the same task execution. (Two of them of which the first news come at the very same moment are both told.)
 */
export async function tellStart(home: Home, { run, row, launch }: LaunchOf, { started }: LaunchFacts): Promise<void> {
  if (!row || started === undefined) return;
  const launches = Array.from({ length: row.launch ?? 0 }, (_, i) => i + 1);
  if (launches.some((one) => factsOf(row, one)?.started !== undefined)) return;
  await tellStarted(home, { run, task: launch.task }, started);
}

/** Writes down what a listing shows of a container that has stopped. Returns the row if its event had not come. */
export async function recordEnd(
  home: Home,
  run: RunItem,
  row: TaskItem | undefined,
  container: Container,
): Promise<TaskItem | undefined> {
  const launch = parseGroup(container.group);
  if (!launch || container.lastStatus !== 'STOPPED' || factsOf(row, launch.launch)?.state === 'STOPPED')
    return undefined;
  return recordFacts(home, { run, row, launch }, factsFrom(container));
}

/** Containers of one task that a listing shows, whichever launch. */
export async function containersOf(home: Home, launch: Omit<Launch, 'launch'>): Promise<Container[]> {
  const containers = await home.containers.list(runName(launch.uid, launch.number));
  return containers.filter(({ group }) => parseGroup(group)?.task === launch.task);
}

/**
 * Lists a task's containers before anything is concluded about its launch: records those that have stopped, stops those
 * that live. True when none lives.
 */
export async function inspect(
  home: Home,
  { run, task, row }: { readonly run: RunItem; readonly task: string; readonly row: TaskItem | undefined },
  why: string,
): Promise<boolean> {
  const containers = await containersOf(home, { uid: run.uid, number: run.number, task });
  const living = containers.filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  for (const container of containers) {
    const launch = parseGroup(container.group);
    if (launch && container.lastStatus === 'STOPPED')
      await recordFacts(home, { run, row, launch }, factsFrom(container));
  }
  await Promise.all(living.map(({ arn }) => home.containers.stop(arn, why)));
  return living.length === 0;
}
