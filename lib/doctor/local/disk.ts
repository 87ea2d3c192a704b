/** Space for logs, results and the table. */
import { fail, ok, type Verdict, warn } from '../check.ts';

/** `free` is in bytes. */
export type DiskFacts = { readonly path: string; readonly free: number };

const MiB = 2 ** 20;

export function judgeDisk({ path, free }: DiskFacts): Verdict {
  const says = `${size(free)} free at ${path}`;
  const next = 'delete old logs and images (docker image prune), or choose another disk with --data';
  if (free < 100 * MiB) return fail(`${says}: logs and results can't be kept`, next);
  if (free < 1024 * MiB) return warn(says, next);
  return ok(says);
}

const size = (bytes: number): string =>
  bytes < 1024 * MiB ? `${Math.floor(bytes / MiB)} MiB` : `${Math.floor(bytes / (1024 * MiB))} GiB`;
