/** The execution of a run: one of the version's machine, named by the run. */
import type { Home } from '../home.ts';
import { runName } from '../task/group.ts';
import type { RunItem } from './run.ts';

export const executionOf = (run: RunItem) => ({ name: runName(run.uid, run.number), machine: run.machine });

/** Constant state data of every execution: the compiled states find here what they call and where. Version 1 of the payloads. */
export function executionInput(home: Home, uid: string, number: number): string {
  const { cluster, network, nextFunction, finishFunction } = home.settings;
  return JSON.stringify({ r: runName(uid, number), c: cluster, n: network, f: nextFunction, g: finishFunction, o: {} });
}
