/**
 * What AWS bills a run for: states entered, functions invoked, units written. Counted by the emulator, for runs in which
 * all goes well. Invocations count with the whole sequence of statuses that ECS tells of each task.
 */
import type { PipelineConfig } from '../../lib/pipeline/config.ts';
import { type AwsInstallation, onAws } from '../../test/aws-emulator/installation.ts';
import { type Metered, readMeter, resetMeter } from '../../test/aws-emulator/instruments.ts';
import { createUser, eventually } from '../../test/e2e/user.ts';
import { chain, diamond, shapeN } from '../../test/machine/pipelines.ts';
import type { Row } from '../measure.ts';

const few = 10;
const many = 30;

type Run = { readonly transitions: number; readonly invocations: number; readonly writes: number };

export async function calls(): Promise<Row[]> {
  const gofer = await onAws();
  try {
    // The first run of an installation makes what the others find.
    await run(gofer, chain(2));
    const chains = [await run(gofer, chain(few)), await run(gofer, chain(many))] as const;
    const diamonds = [await run(gofer, diamond(few)), await run(gofer, diamond(many))] as const;
    const n = await run(gofer, shapeN());
    const worst = (figure: 'invocations' | 'writes') => {
      const [each, beside] = [chains, diamonds]
        .map(([short, long]) => {
          const task = (long[figure] - short[figure]) / (many - few);
          return [task, short[figure] - few * task] as const;
        })
        .reduce((a, b) => (b[0] > a[0] ? b : a));
      return { each, beside };
    };
    const [invocations, writes] = [worst('invocations'), worst('writes')];
    return [
      row(`state transitions of a chain of ${few}`, chains[0].transitions, 21),
      row(`state transitions of a diamond of ${few}`, diamonds[0].transitions, 22),
      row('state transitions of an N of 4', n.transitions, 10),
      row('Lambda invocations a task', invocations.each, 3),
      row('Lambda invocations a run, beside its tasks', invocations.beside, 3),
      row('DynamoDB write units a task', writes.each, 9),
      row('DynamoDB write units a run, beside its tasks', writes.beside, 14),
    ];
  } finally {
    await gofer.stop();
  }
}

const row = (what: string, value: number, most: number): Row => ({
  what,
  measured: String(Math.round(value * 10) / 10),
  target: `≤ ${most}`,
  reached: value <= most + 1e-9,
});

async function run(gofer: AwsInstallation, config: PipelineConfig): Promise<Run> {
  const { emulator } = gofer;
  const user = createUser(gofer);
  const tasks = config.tasks.map(({ id, depends_on }) => ({
    id,
    image: 'busybox:latest',
    command: ['true'],
    depends_on: Object.fromEntries(Object.keys(depends_on).map((parent) => [parent, 'Success'])),
  }));
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
function figures({ invocations, writeUnits, transitions }: Metered): Run {
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

if (import.meta.main) console.table(await calls());
