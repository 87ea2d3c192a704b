/** The execution of a run: one of the version's machine, named by the run. */
import { answerWithin, ensureMachine } from '../deployment/machine.ts';
import type { Home } from '../home.ts';
import { MachineMissingError } from '../ports/machines.ts';
import { runKey } from '../store/items/run.ts';
import { all, equals, missing } from '../store/table.ts';
import { runName } from '../task/group.ts';
import { loadConfig } from './load.ts';
import type { RunItem } from './run.ts';

export const executionOf = (run: RunItem) => ({ name: runName(run.uid, run.number), machine: run.machine });

/** Constant state data of every execution: the compiled states find here what they call and where. Version 1 of the payloads. */
export function executionInput(home: Home, uid: string, number: number): string {
  const { cluster, network, nextFunction, finishFunction } = home.settings;
  return JSON.stringify({ r: runName(uid, number), c: cluster, n: network, f: nextFunction, g: finishFunction, o: {} });
}

/**
 * Starts the execution; a second time changes nothing. A machine that somebody has deleted is made again, under another
 * name when what it would be made of has changed since. False: somebody else has moved the run to another one meanwhile.
 */
export async function startOnMachine(home: Home, run: RunItem): Promise<boolean> {
  const start = (machine: string) => home.machines.start({ ...executionOf(run), machine, input: run.input });
  try {
    await start(run.machine);
  } catch (error) {
    if (!(error instanceof MachineMissingError)) throw error;
    const { config } = await loadConfig(home, run.uid, run.version);
    const until = home.now() + answerWithin;
    const machine = await ensureMachine(home, run, run.version, config, { known: run.machine, until });
    const same = all(equals('machine', run.machine), missing('begun'));
    if (machine !== run.machine && !(await home.table.update(runKey(run.uid, run.number), { set: { machine } }, same)))
      return false;
    await start(machine);
  }
  return true;
}
