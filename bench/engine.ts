/** What the engine costs beside Docker: the same containers, made by dockerode alone, as baseline. */
import { randomBytes } from 'node:crypto';
import Docker from 'dockerode';
import { createOptions } from '../lib/local/containers/docker-options.ts';
import { inTurn, median, milliseconds, type Row, within } from './measure.ts';
import { deploy, ended, startRun, withServer } from './server.ts';

const chainLength = 30;
const fanWidth = 20;
const rounds = 9;
const fanRounds = 5;

export async function engine(): Promise<Row[]> {
  const docker = new Docker();
  return withServer(async (server) => {
    const chain = [...Array(chainLength).keys()].map((i) => ({
      id: `task-${i}`,
      depends_on: i ? { [`task-${i - 1}`]: 'Success' } : {},
    }));
    const fan = [...Array(fanWidth).keys()].map((i) => ({ id: `task-${i}` }));
    const chainPath = await deploy(server, 'chain', chain);
    const fanPath = await deploy(server, 'fan', fan);
    const run = (path: string) => async () => {
      const { run_id } = await startRun(server, path);
      const { started, ended: end } = await ended(server, path, run_id);
      return end - started;
    };
    const alone = (n: number, parallel: boolean) => async () => {
      const begun = performance.now();
      if (parallel) await Promise.all(Array.from({ length: n }, () => container(docker)));
      else for (let i = 0; i < n; i++) await container(docker);
      return performance.now() - begun;
    };
    await alone(2, false)();
    // Half of them before and half after: a machine that becomes slower meanwhile does so for both.
    const half = alone(chainLength / 2, false);
    const [chains, chainsAlone] = await within(rounds, run(chainPath), half);
    const [fans, fansAlone] = await inTurn(fanRounds, run(fanPath), alone(fanWidth, true));
    const overhead = median(chains.map((chained, i) => (chained - (chainsAlone[i] ?? 0)) / chainLength));
    const ratio = median(fans.map((fanned, i) => fanned / (fansAlone[i] ?? 1)));
    return [
      {
        what: `engine time a task beyond dockerode alone (chain of ${chainLength}; dockerode ${milliseconds(median(chainsAlone) / chainLength)} a task)`,
        measured: milliseconds(overhead),
        target: '≤ 10 ms',
        reached: overhead <= 10,
      },
      {
        what: `fan-out of ${fanWidth}, to dockerode alone (${milliseconds(median(fansAlone))})`,
        measured: `${ratio.toFixed(2)} ×`,
        target: '≤ 1.1 ×',
        reached: ratio <= 1.1,
      },
    ];
  });
}

/** The same container as the engine's: its log driver, its init process, its labels. */
async function container(docker: Docker): Promise<void> {
  const id = randomBytes(16).toString('hex');
  const job = { id, group: `bench_1/alone-${id}/1`, cluster: '', definition: '', image: 'busybox:latest' };
  const work = { ...job, command: ['true'], environment: {}, stopTimeout: 30, alwaysPull: false };
  const made = await docker.createContainer(createOptions(work, 'bench', true));
  await made.start();
  await made.wait();
  await made.remove();
}

if (import.meta.main) console.table(await engine());
