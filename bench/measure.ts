/** Figures from samples, and how they are shown. */
export type Row = {
  readonly what: string;
  readonly measured: string;
  readonly target: string;
  readonly reached: boolean;
};

export function quantile(samples: readonly number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export const median = (samples: readonly number[]) => quantile(samples, 0.5);

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** A and B in turn, so that both meet the same weather: the samples of each. */
export async function inTurn(
  rounds: number,
  a: () => Promise<number>,
  b: () => Promise<number>,
): Promise<[number[], number[]]> {
  const samples: [number[], number[]] = [[], []];
  for (let i = 0; i < rounds; i++) {
    samples[0].push(await a());
    samples[1].push(await b());
  }
  return samples;
}

/** Each A between two halves of a B: the samples of A, and of both halves together. */
export async function within(
  rounds: number,
  a: () => Promise<number>,
  half: () => Promise<number>,
): Promise<[number[], number[]]> {
  const samples: [number[], number[]] = [[], []];
  for (let i = 0; i < rounds; i++) {
    const before = await half();
    samples[0].push(await a());
    samples[1].push(before + (await half()));
  }
  return samples;
}

export const milliseconds = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;

/** Runs the benchmarks that the command line names, or all, and shows their figures beside what is to be reached. */
export async function measure(benches: Readonly<Record<string, () => Row[] | Promise<Row[]>>>): Promise<void> {
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !(name in benches));
  if (unknown.length) {
    console.error(`no such benchmark: ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`);
    process.exit(2);
  }
  const rows: Row[] = [];
  for (const [name, bench] of Object.entries(benches)) {
    if (asked.length && !asked.includes(name)) continue;
    console.error(`measuring: ${name}`);
    rows.push(...(await bench()));
  }
  console.table(
    rows.map(({ what, measured, target, reached }) => ({
      what,
      measured,
      'to reach': target,
      reached: reached ? 'yes' : 'no',
    })),
  );
}
