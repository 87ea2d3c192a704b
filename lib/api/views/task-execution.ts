/** A task of a run as the API gives it: what its row says, what its config says, and what it waits for. */

import type { TaskConfig } from '../../pipeline/config.ts';
import { contractTask } from '../../pipeline/contract.ts';
import type { FoundRun } from '../../run/runs.ts';
import { attemptsOf, type TaskAttempt } from '../../task/attempts.ts';
import { whyLaunchedAgain } from '../../task/reason.ts';
import type { TaskItem } from '../../task/task.ts';
import { variablesOf } from '../../task/variables.ts';
import type { Attempt, TaskExecution } from '../schemas/task-execution.ts';

/** Rows of a run by task id; one that is absent has not been touched yet. */
export type TaskRows = ReadonlyMap<string, TaskItem>;

export function taskExecutionView(
  { run }: { readonly run: FoundRun },
  task: TaskConfig,
  rows: TaskRows,
): TaskExecution {
  const row = rows.get(task.id);
  const attempts = attemptsOf(row);
  const last = attempts.findLast(({ facts }) => facts)?.facts;
  const waitingFor = row?.status ? [] : Object.keys(task.depends_on).filter((parent) => !rows.get(parent)?.status);
  const postponement = whyLaunchedAgain(row);
  return {
    namespace_id: run.namespace,
    pipeline_id: run.pipeline,
    run_id: run.number,
    task_id: task.id,
    created: row?.created ?? run.created,
    started: attempts.find(({ facts }) => facts?.started)?.facts?.started ?? 0,
    ended: row?.ended ?? 0,
    exit_code: last?.exit_code ?? null,
    logs_expired: run.expired.logs,
    logs_removed: row?.logs_removed ?? false,
    state: stateOf(row, waitingFor.length > 0),
    status: row?.status ?? 'unknown',
    status_reason: row?.reason ?? null,
    variables: variablesOf(run, task),
    task: contractTask(task),
    attempts: attempts.map(attemptView),
    ...(waitingFor.length && { waiting_for: waitingFor }),
    ...(postponed(row) && row?.not_before && { next_attempt: row.not_before }),
    ...(postponement !== undefined && { postponed_because: postponement }),
    ...(row?.cancelling && !row.status && { cancelling: true }),
  };
}

const postponed = (row: TaskItem | undefined) => !row?.status && ['again', 'later', 'held'].includes(row?.phase ?? '');

/** `processing` while its container is on the way, `waiting` for parents or for the next attempt. */
function stateOf(row: TaskItem | undefined, waits: boolean): TaskExecution['state'] {
  if (row?.status) return 'complete';
  if (waits || postponed(row)) return 'waiting';
  return attemptsOf(row).at(-1)?.facts ? 'running' : 'processing';
}

function attemptView({ launch, attempt, facts }: TaskAttempt): Attempt {
  return {
    launch,
    attempt,
    started: facts?.started ?? 0,
    ended: facts?.stopped ?? 0,
    exit_code: facts?.exit_code ?? null,
    ...(facts?.stopped_reason && { reason: facts.stopped_reason }),
  };
}
