/** ECS "Task State Change": durable, at least once, in any order. */
import { emit } from '../events/events.ts';
import type { Home } from '../home.ts';
import type { Container } from '../ports/containers.ts';
import { type LoadedRun, loadRun } from '../run/load.ts';
import type { RunItem } from '../run/run.ts';
import { runKey, taskKey } from '../store/items.ts';
import { equals } from '../store/table.ts';
import { complete, completeSuccessful, follow } from './complete.ts';
import { decide } from './decide.ts';
import { type Launch, parseGroup } from './group.ts';
import { factsFrom, recordFacts } from './launches.ts';
import type { TaskItem } from './task.ts';

/** Takes in that a container runs or has stopped. One that its row does not expect is stopped. */
export async function onTaskStateChange(home: Home, container: Container): Promise<void> {
  const launch = parseGroup(container.group);
  if (!launch || (container.lastStatus !== 'RUNNING' && container.lastStatus !== 'STOPPED')) return;
  const loaded = await loadRun(home, launch.uid, launch.number);
  if (!loaded) {
    if (container.lastStatus === 'RUNNING') await home.containers.stop(container.arn, 'its run does not exist');
  } else if (container.lastStatus === 'RUNNING') await onRunning(home, loaded, launch, container);
  else await onStopped(home, loaded, launch, container);
}

async function onRunning(home: Home, { run }: LoadedRun, launch: Launch, container: Container): Promise<void> {
  await recordFacts(home, launch, factsFrom(container));
  const keys = [taskKey(run.uid, run.number, launch.task), runKey(run.uid, run.number)];
  const [row, now] = (await home.table.getMany(keys)) as [TaskItem?, RunItem?];
  if (!row || row.status || row.launch !== launch.launch)
    await home.containers.stop(container.arn, 'its task does not expect it');
  else if (row.cancelling || now?.cancelling) await home.containers.stop(container.arn, 'cancelled');
  else await emitStarted(home, run, launch, container);
}

async function onStopped(home: Home, loaded: LoadedRun, launch: Launch, container: Container): Promise<void> {
  const { uid, number } = loaded.run;
  const facts = factsFrom(container);
  const key = taskKey(uid, number, launch.task);
  const known = (await home.table.get(key)) as TaskItem | undefined;
  const mine = known?.launch === launch.launch;
  if (mine && facts.exit_code === 0 && (await completeSuccessful(home, loaded, launch.task, launch.launch, facts)))
    return;
  await recordFacts(home, launch, facts);
  const keys = [key, runKey(uid, number)];
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

async function emitStarted(home: Home, run: RunItem, launch: Launch, container: Container): Promise<void> {
  const ids = {
    namespace_id: run.namespace,
    pipeline_id: run.pipeline,
    run_id: run.number,
    task_execution_id: launch.task,
  };
  const time = container.startedAt ?? home.now();
  await emit(home, {
    time,
    kind: { started_task_execution: ids },
    key: `${run.uid}/${run.number}/${launch.task}/started`,
  });
}
