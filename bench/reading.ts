/** Whether reading a run stays fast when many are stored. */
import { openTable } from '../lib/local/table.ts';
import { type PipelineItem, pipelineKey, pipelinesPartition } from '../lib/store/items/pipeline.ts';
import { runKey, taskKey } from '../lib/store/items/run.ts';
import { median, milliseconds, type Row, timed } from './measure.ts';
import { deploy, ended, type Server, scratchFolder, startRun, startServer } from './server.ts';

const few = 10;
const many = 10_000;
const reads = 300;
const rounds = 5;

export async function reading(): Promise<Row[]> {
  return scratchFolder(async (data) => {
    const path = await withServerOn(data, async (server) => {
      const deployed = await deploy(server, 'history', [{ id: 'only' }]);
      for (let i = 0; i < few; i++) await ended(server, deployed, (await startRun(server, deployed)).run_id);
      return deployed;
    });
    const withFew = await withServerOn(data, (server) => readTimes(server, path, few));
    await copyRuns(data, many);
    const withMany = await withServerOn(data, (server) => readTimes(server, path, many));
    const ratio = median(withMany) / median(withFew);
    return [
      {
        what: `GET of a run with ${many} runs stored: p50`,
        measured: milliseconds(median(withMany)),
        target: '≤ 5 ms',
        reached: median(withMany) <= 5,
      },
      // Alike: within what two equal measurements differ by here.
      {
        what: `the same, to ${few} runs stored (${milliseconds(median(withFew))})`,
        measured: `${ratio.toFixed(2)} ×`,
        target: '≤ 1.1 ×',
        reached: ratio <= 1.1,
      },
    ];
  });
}

async function withServerOn<T>(data: string, work: (server: Server) => Promise<T>): Promise<T> {
  const server = await startServer(data);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

/** The medians of several rounds of reads, spread over all runs. */
async function readTimes(server: Server, path: string, runs: number): Promise<number[]> {
  const read = (i: number) => server.request('GET', `${path}/runs/${1 + ((i * 7919) % runs)}`);
  for (let i = 0; i < reads; i++) await read(i);
  const medians: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const samples: number[] = [];
    for (let i = 0; i < reads; i++) samples.push(await timed(() => read(i + round)));
    medians.push(median(samples));
  }
  return medians;
}

/** Stores copies of a finished run under further numbers, up to `count`, as if they had been run. */
async function copyRuns(data: string, count: number): Promise<void> {
  const { table, close } = await openTable(data);
  const [pipeline] = (await table.query(pipelinesPartition('default'))) as PipelineItem[];
  if (!pipeline) throw new Error(`no pipeline in ${data}`);
  const { uid } = pipeline;
  const [run, task] = await table.getMany([runKey(uid, 1), taskKey(uid, 1, 'only')]);
  if (!run || !task) throw new Error('run 1 is missing');
  const { sweep: _, ...finished } = run;
  for (let number = few + 1; number <= count; number++) {
    await table.put({ ...finished, ...runKey(uid, number), number });
    await table.put({ ...task, ...taskKey(uid, number, 'only') });
  }
  await table.update(pipelineKey('default', pipeline.id), { set: { next_up: count } });
  await close();
}

if (import.meta.main) console.table(await reading());
