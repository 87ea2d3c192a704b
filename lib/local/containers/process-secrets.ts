/**
 * How a wrapper is given the secrets of its task: over its standard input. So they lie in no file, and no limit for one
 * variable is theirs together.
 */
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

type Secrets = Readonly<Record<string, string>>;

export function handOver(secrets: Secrets, { stdin }: ChildProcess): void {
  // One that was killed takes nothing more; its end is noticed otherwise.
  stdin?.on('error', () => {});
  stdin?.end(JSON.stringify(secrets));
}

/** Waits for them. `undefined`: the server ended before it had sent the last of them. */
export function takeOver(): Secrets | undefined {
  const sent = readFileSync(0, 'utf8');
  try {
    return JSON.parse(sent) as Secrets;
  } catch {
    return undefined;
  }
}
