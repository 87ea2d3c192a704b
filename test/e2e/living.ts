/** What runs on this machine, seen without Gofer's help. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Docker from 'dockerode';

const docker = new Docker();

export type Run = { readonly pipeline: string; readonly run: number };

/** Containers of a server's data folder, of one run if it is given; ended ones too with `all`. */
export async function containersOf(data: string, { run, all = false }: { run?: Run; all?: boolean } = {}) {
  const identity = await readFile(join(data, 'identity'), 'utf8');
  const ofRun = run ? [`gofer.pipeline=${run.pipeline}`, `gofer.run=${run.run}`] : [];
  return docker.listContainers({ all, filters: { label: [`gofer.data=${identity}`, ...ofRun] } });
}

/** Removes the containers that a data folder's servers have left: a failed test leaves no more than that. */
export async function removeContainers(data: string): Promise<void> {
  const left = await containersOf(data, { all: true }).catch(() => []);
  await Promise.all(
    left.map(({ Id }) =>
      docker
        .getContainer(Id)
        .remove({ force: true })
        .catch(() => undefined),
    ),
  );
}

/** Processes that a run's tasks have started. */
export const processesOf = ({ pipeline, run }: Run): string[] =>
  environments().filter(
    (text) => text.includes(`GOFER_PIPELINE_ID=${pipeline}`) && text.includes(`GOFER_RUN_ID=${run}`),
  );

/** Command or environment of every process that may be read. */
function environments(): string[] {
  if (process.platform !== 'linux')
    return execFileSync('ps', ['-axEww', '-o', 'command='], { encoding: 'utf8' }).split('\n');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8');
      } catch {
        // It has ended meanwhile, or is somebody else's.
        return '';
      }
    });
}
