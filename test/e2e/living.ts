/** What runs on this machine, seen without Gofer's help. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Docker from 'dockerode';

export type Run = { readonly pipeline: string; readonly run: number };

/** Looks behind the server of a data folder. */
export type Observer = {
  /** Containers or processes of a run that live. */
  readonly living: (data: string, run: Run) => Promise<readonly string[]>;
  /** All that is left of tasks: containers, also ended ones, or processes' folders. */
  readonly left: (data: string) => Promise<readonly string[]>;
  /** Removes what a failed test has left. */
  readonly clear: (data: string) => Promise<void>;
};

const docker = new Docker();

async function containersOf(data: string, { all, labels = [] }: { all: boolean; labels?: string[] }) {
  const identity = await readFile(join(data, 'identity'), 'utf8');
  const found = await docker.listContainers({ all, filters: { label: [`gofer.data=${identity}`, ...labels] } });
  return found.map(({ Id }) => Id);
}

/** `gone`: somebody else removes it already. */
const remove = (id: string) =>
  docker
    .getContainer(id)
    .remove({ force: true })
    .catch(() => 'gone');

export const observers: Readonly<Record<'docker' | 'process', Observer>> = {
  docker: {
    living: (data, { pipeline, run }) =>
      containersOf(data, { all: false, labels: [`gofer.pipeline=${pipeline}`, `gofer.run=${run}`] }),
    left: (data) => containersOf(data, { all: true }),
    clear: async (data) => {
      // Without an identity there was no server, and no container.
      const left = await containersOf(data, { all: true }).catch(() => []);
      await Promise.all(left.map(remove));
    },
  },
  process: {
    living: async (_, { pipeline, run }) => {
      const variables = [`GOFER_PIPELINE_ID=${pipeline}`, `GOFER_RUN_ID=${run}`];
      return environments()
        .filter((found) => variables.every((each) => found.includes(each)))
        .map(String);
    },
    left: (data) => readdir(join(data, 'scratch')),
    clear: async () => undefined,
  },
};

/** The variables of every process that may be read. */
function environments(): string[][] {
  if (process.platform !== 'linux') {
    const listed = execFileSync('ps', ['-axEww', '-o', 'command='], { encoding: 'utf8' });
    return listed.split('\n').map((line) => line.split(' '));
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      } catch {
        // It has ended meanwhile, or is somebody else's.
        return [];
      }
    });
}
