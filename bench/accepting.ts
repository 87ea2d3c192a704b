/** How fast runs are accepted, by 20 clients at once, while they run five at a time. */
import { median, milliseconds, quantile, type Row, timed } from './measure.ts';
import { deploy, ended, type Run, startRun, withServer } from './server.ts';

const runs = 200;
const clients = 20;
const parallelism = 5;
const rounds = 5;

/** Rounds go to one server, each to a pipeline of its own. Told besides: the first one, while the server is still new. */
export const accepting = (): Promise<Row[]> =>
  withServer(async (server) => {
    const p50: number[] = [];
    const p99: number[] = [];
    let inOrder = true;
    for (let round = 0; round < rounds; round++) {
      const path = await deploy(server, `queue-${round}`, [{ id: 'only' }], parallelism);
      await ended(server, path, (await startRun(server, path)).run_id);
      const samples: number[] = [];
      let left = runs;
      const client = async () => {
        while (left-- > 0) samples.push(await timed(() => startRun(server, path)));
      };
      await Promise.all(Array.from({ length: clients }, client));
      p50.push(median(samples));
      p99.push(quantile(samples, 0.99));
      for (let number = 2; number <= runs + 1; number++) await ended(server, path, number);
      const { runs: all } = await server.request<{ runs: Run[] }>('GET', `${path}/runs?limit=${runs + 1}`);
      const starts = all.sort((a, b) => a.run_id - b.run_id).map(({ started }) => started);
      inOrder &&= all.length === runs + 1 && starts.every((start, i) => i === 0 || start >= (starts[i - 1] ?? 0));
    }
    const first = ([value = Number.NaN]: readonly number[]) => `the first of a new server: ${milliseconds(value)}`;
    return [
      row(`accepting runs, ${runs} from ${clients} clients: p50 (${first(p50)})`, median(p50), 15),
      row(`accepting runs: p99 (${first(p99)})`, median(p99), 60),
      {
        what: `all ${runs} runs end, and with parallelism ${parallelism} start in order of their numbers`,
        measured: inOrder ? 'yes' : 'no',
        target: 'yes',
        reached: inOrder,
      },
    ];
  });

const row = (what: string, value: number, most: number): Row => ({
  what,
  measured: milliseconds(value),
  target: `≤ ${most} ms`,
  reached: value <= most,
});

if (import.meta.main) console.table(await accepting());
