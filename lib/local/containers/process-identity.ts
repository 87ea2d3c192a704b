/** Process numbers are used again; a process's start time with its number is not. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { ProcessIdentity } from './process-files.ts';

/** `undefined`: there is no such process. */
export function identify(pid: number): ProcessIdentity | undefined {
  const start = process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid);
  return start === undefined ? undefined : { pid, start };
}

export function isAlive({ pid, start }: ProcessIdentity): boolean {
  return identify(pid)?.start === start;
}

/** Sends the signal if the process, or the group that it leads, is still the same one; false when it isn't. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals, to: 'process' | 'group'): boolean {
  if (!isAlive(identity)) return false;
  try {
    process.kill(to === 'group' ? -identity.pid : identity.pid, name);
    return true;
  } catch {
    return false;
  }
}

/** Clock ticks since the boot, and which boot. A zombie has ended. */
function startOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The command's name, in parentheses, may hold anything: fields are counted behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

function startByPs(pid: number): string | undefined {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}
