/** What AWS bills a run for, by task and by run: states entered, functions invoked, units written. */
import { onAws } from '../../test/aws-emulator/installation.ts';
import { meteredRun } from '../../test/aws-emulator/metered-run.ts';
import { chain, diamond, shapeN } from '../../test/machine/pipelines.ts';
import type { Row } from '../measure.ts';

const few = 10;
const many = 30;

export async function calls(): Promise<Row[]> {
  const gofer = await onAws();
  try {
    // The first run of an installation makes what the others find.
    await meteredRun(gofer, chain(2));
    const chains = [await meteredRun(gofer, chain(few)), await meteredRun(gofer, chain(many))] as const;
    const diamonds = [await meteredRun(gofer, diamond(few)), await meteredRun(gofer, diamond(many))] as const;
    const n = await meteredRun(gofer, shapeN());
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

if (import.meta.main) console.table(await calls());
