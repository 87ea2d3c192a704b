/** Target of the rule for Step Functions "Execution Status Change": best effort, so it is only a shortcut for the sweep. */
import * as z from 'zod';
import type { Home } from '../../lib/home.ts';
import { findRun } from '../../lib/run/load.ts';
import { sightOf } from '../../lib/run/sight.ts';
import { sweepRun } from '../../lib/run/sweep-run.ts';
import { parseRunName } from '../../lib/task/group.ts';

const change = z.object({ detail: z.object({ name: z.string(), status: z.string() }) });

/**
 * Looks after the run whose execution has ended, if it is not complete. `broken`: the execution failed before its run had:
 * that is no task's fault.
 */
export const createExecutionStatusChangeHandler = (home: Home) => async (event: unknown) => {
  const { detail } = change.parse(event);
  const id = parseRunName(detail.name);
  const run = id && detail.status !== 'RUNNING' ? await findRun(home, id.uid, id.number) : undefined;
  if (!run || run.state === 'complete') return { broken: false };
  await sweepRun(home, run, await sightOf(home, run));
  return { broken: detail.status === 'FAILED' || detail.status === 'TIMED_OUT' };
};
