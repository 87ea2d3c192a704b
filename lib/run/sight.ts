/** What the sweep sees of a run beside the table: its containers, and its execution if it may be asked for. */
import type { Home } from '../home.ts';
import type { Container } from '../ports/containers.ts';
import type { ExecutionState } from '../ports/machines.ts';
import { runName } from '../task/group.ts';
import { executionOf } from './execution.ts';
import type { RunItem } from './run.ts';

/** `unknown`: it was not asked for. Nothing is concluded from it then. */
export type Seen = ExecutionState | 'unknown' | undefined;

export type Sight = {
  /** Epoch milliseconds at which the containers were listed, or just before. */
  readonly listed: number;
  readonly containers: readonly Container[];
  /** Names of the task definitions that were registered again meanwhile. */
  readonly defined: Set<string>;
  /** Asks for the execution, as long as there is something left to spend. */
  readonly execution: (run: RunItem) => Promise<Seen>;
};

/** All there is to see of one run, with a listing of its own. */
export async function sightOf(home: Home, { uid, number }: Pick<RunItem, 'uid' | 'number'>): Promise<Sight> {
  const listed = home.now();
  const containers = await home.containers.list(runName(uid, number));
  return { listed, containers, defined: new Set(), execution: (run) => home.machines.describe(executionOf(run)) };
}

/** Lists all containers once, and shares out a number of questions about executions. */
export async function sightOfAll(home: Home, asks: { readonly active: number; readonly over: number }) {
  const listed = home.now();
  const containers = await home.containers.listAll();
  const ofRun = Map.groupBy(containers, ({ group }) => group.slice(0, group.indexOf('/')));
  const left = { ...asks };
  const defined = new Set<string>();
  return {
    /** Containers of every run. */
    containers,
    of: ({ uid, number }: Pick<RunItem, 'uid' | 'number'>): Sight => ({
      listed,
      defined,
      containers: ofRun.get(runName(uid, number)) ?? [],
      execution: async (run) =>
        left[run.state === 'complete' ? 'over' : 'active']-- > 0 ? home.machines.describe(executionOf(run)) : 'unknown',
    }),
  };
}
