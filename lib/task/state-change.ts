/** ECS "Task State Change": durable, at least once, in any order. */
import type { Home } from '../home.ts';
import type { Container } from '../ports/containers.ts';
import { type LoadedRun, loadRunAnd } from '../run/load.ts';
import type { RunItem } from '../run/run.ts';
import { runKey, taskKey } from '../store/items/run.ts';
import { equals } from '../store/table.ts';
import { complete, completeSuccessful, follow } from './complete.ts';
import { decide } from './decide.ts';
import { type Launch, parseGroup } from './group.ts';
import { factsFrom, recordFacts, tellStart } from './launches.ts';
import type { TaskItem } from './task.ts';

/** Takes in that a container runs or has stopped. One that its row does not expect is stopped. */
export async function onTaskStateChange(home: Home, container: Container): Promise<void> {
  const launch = parseGroup(container.group);
  if (!launch || (container.lastStatus !== 'RUNNING' && container.lastStatus !== 'STOPPED')) return;
  const key = taskKey(launch.uid, launch.number, launch.task);
  const [loaded, item] = await loadRunAnd(home, launch.uid, launch.number, [key]);
  const row = item as TaskItem | undefined;
  if (!loaded) {
    if (container.lastStatus === 'RUNNING') await home.containers.stop(container.arn, 'its run does not exist');
  } else if (container.lastStatus === 'RUNNING') await onRunning(home, loaded, row, launch, container);
  else await onStopped(home, loaded, row, launch, container);
}

async function onRunning(
  home: Home,
  { run }: LoadedRun,
  known: TaskItem | undefined,
  launch: Launch,
  container: Container,
): Promise<void> {
  await recordFacts(home, { run, row: known, launch }, factsFrom(container));
  const keys = [taskKey(run.uid, run.number, launch.task), runKey(run.uid, run.number)];
  const [row, now] = (await home.table.getMany(keys)) as [TaskItem?, RunItem?];
  if (!row || row.status || row.launch !== launch.launch)
    await home.containers.stop(container.arn, 'its task does not expect it');
  else if (row.cancelling || now?.cancelling) await home.containers.stop(container.arn, 'cancelled');
}

async function onStopped(
  home: Home,
  loaded: LoadedRun,
  known: TaskItem | undefined,
  launch: Launch,
  container: Container,
): Promise<void> {
  const facts = factsFrom(container);
  const of = { run: loaded.run, row: known, launch };
  await tellStart(home, of, facts);
  const mine = known?.launch === launch.launch;
  if (mine && facts.exit_code === 0 && (await completeSuccessful(home, loaded, launch.task, launch.launch, facts)))
    return;
  await recordFacts(home, of, facts);
  const { uid, number } = loaded.run;
  const keys = [taskKey(uid, number, launch.task), runKey(uid, number)];
  const [row, run] = (await home.table.getMany(keys)) as [TaskItem?, RunItem?];
  if (!row || !run || row.launch !== launch.launch) return;
  if (row.status) return follow(home, { ...loaded, run }, launch.task, row);
  if (facts.exit_code === 0) return complete(home, { ...loaded, run }, launch.task, 'successful');
  if (row.cancelling || run.cancelling) {
    const reason = { reason: 'cancelled', description: 'stopped on request' } as const;
    return complete(home, { ...loaded, run }, launch.task, 'cancelled', {
      reason,
      when: equals('launch', launch.launch),
    });
  }
  if (row.phase !== 'granted' && row.tokens) await decide(home, { ...loaded, run }, launch.task);
}
