/**
 * What AWS bills a run for: states entered, functions invoked, units written. Counted by the emulator, for a run in which
 * all goes well. Invocations count with the whole sequence of statuses that ECS tells of each task.
 */
import type { PipelineConfig } from '../../lib/pipeline/config.ts';
import { createUser, eventually, task } from '../e2e/user.ts';
import type { AwsInstallation } from './installation.ts';
import { type Metered, readMeter, resetMeter } from './instruments.ts';

export type MeteredRun = { readonly transitions: number; readonly invocations: number; readonly writes: number };

/** A run of the pipeline's shape, beside which nothing else goes on. The first one of an installation takes a little more. */
export async function meteredRun(gofer: AwsInstallation, config: PipelineConfig): Promise<MeteredRun> {
  const { emulator } = gofer;
  const user = createUser(gofer);
  const tasks = config.tasks.map(({ id, depends_on }) =>
    task(id, ['true'], {
      depends_on: Object.fromEntries(Object.keys(depends_on).map((parent) => [parent, 'Success'])),
    }),
  );
  const pipeline = await user.up(tasks);
  await resetMeter(emulator);
  const { run, tasks: ended } = await user.finished(await user.begin(pipeline));
  const failed = Object.values(ended).find(({ status }) => status === 'failed');
  if (run.status !== 'successful')
    throw new Error(`a run of ${tasks.length} tasks was ${run.status}: ${failed?.status_reason?.description}`);
  // What follows from the run's end is its own too.
  return figures(await settled(() => readMeter(emulator)));
}

/** The API is asked once to start the run; how often it is asked for news, and the sweep of every minute, are not the run's. */
function figures({ invocations, writeUnits, transitions }: Metered): MeteredRun {
  const others = Object.entries(invocations).filter(([name]) => !/Control(Api|Sweep)|Stream/.test(name));
  return {
    invocations: 1 + sum(others.map(([, count]) => count)),
    writes: sum(Object.values(writeUnits)),
    transitions,
  };
}

/** The same three times in a row, a second apart. */
async function settled<T>(look: () => Promise<T>): Promise<T> {
  const seen: string[] = [];
  return eventually(
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const found = await look();
      seen.push(JSON.stringify(found));
      return found;
    },
    () => seen.length > 2 && new Set(seen.slice(-3)).size === 1,
  );
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
