/** The processes that a process has started, and those that these have: they may outlive it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** `command` tells it from a later process with the same number. */
export type Sight = { readonly pid: number; readonly parent: number; readonly command: string };

/** Those that live now. */
export async function descendantsOf(pid: number): Promise<Sight[]> {
  const living = await look();
  const below = (parent: number): Sight[] =>
    living.filter((each) => each.parent === parent).flatMap((each) => [each, ...below(each.pid)]);
  return below(pid);
}

/** Ends those that still live, and no other that has got the number of one since. */
export async function endAll(wanted: readonly Sight[]): Promise<void> {
  if (wanted.length === 0) return;
  const living = new Map((await look()).map(({ pid, command }) => [pid, command]));
  for (const { pid, command } of wanted) if (living.get(pid) === command) kill(pid);
}

async function look(): Promise<Sight[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], { maxBuffer: 2 ** 26 });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.+?)\s*$/.exec(line) ?? [];
    return pid && parent && command ? [{ pid: Number(pid), parent: Number(parent), command }] : [];
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
