/** A run and its tasks as people read them. */
import type { Run, TaskExecution } from '../client/types.ts';
import { topologicalOrder } from '../pipeline/dag.ts';
import type { Session } from './session.ts';
import { stateOf, whyTask } from './task-reason.ts';
import { fieldLines } from './terminal/fields.ts';
import { statusPaint } from './terminal/style.ts';
import { tableLines } from './terminal/table.ts';
import { took } from './terminal/time.ts';

export function runLines(session: Session, run: Run): string[] {
  const { style } = session.terminal;
  const status = run.state === 'complete' ? run.status : run.cancelling ? 'cancelling' : run.state;
  const queue =
    run.queue_position === undefined ? undefined : `position ${run.queue_position}: as many runs as allowed are going`;
  return [
    `Run ${style.bold(`#${run.run_id}`)} of ${style.bold(run.pipeline_id)}  ${statusPaint(style, status)(status)}`,
    ...fieldLines(
      [
        ['namespace', run.namespace_id],
        ['version', `v${run.pipeline_config_version}`],
        ['queue', queue],
        ['started', session.when(run.started)],
        ['took', took(run.started, run.ended, session.io.now())],
        ['by', run.initiator.user],
        ['reason', run.status_reason?.description],
        ['variables', run.variables.map(({ key, value }) => `${key}=${value}`).join(' ')],
      ],
      style,
    ),
  ];
}

/** One row a task, parents first: how it went, how long it took, and why it is as it is. */
export function taskLines(session: Session, run: Run, tasks: readonly TaskExecution[], columns?: number): string[] {
  const { style } = session.terminal;
  const now = session.io.now();
  return tableLines(
    ['task', 'status', 'took', 'exit', 'why'],
    inOrder(tasks).map((task) => {
      const state = stateOf(task, run);
      return [
        task.task_id,
        { text: state, paint: statusPaint(style, state) },
        took(task.started, task.ended, now),
        task.exit_code ?? '',
        whyTask(task, tasks, run, now),
      ];
    }),
    columns === undefined ? { style } : { style, columns },
  );
}

/** Parents before children. */
export function inOrder(tasks: readonly TaskExecution[]): TaskExecution[] {
  const order = topologicalOrder(tasks.map(({ task_id, task }) => ({ id: task_id, depends_on: task.depends_on })));
  const place = new Map(order.map((id, i) => [id, i]));
  return tasks.toSorted((a, b) => (place.get(a.task_id) ?? 0) - (place.get(b.task_id) ?? 0));
}
