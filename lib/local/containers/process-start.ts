/** Starts a task's command as the leader of a group of its own, so that a stop reaches all that it starts. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Spec } from './process-files.ts';

/** Throws a {@link NotStartedError}; a command that can't be executed is told by the child's `error`. */
export function startTask(folder: string, { argv, environment }: Spec, secrets: Readonly<Record<string, string>>) {
  const [command = '', ...args] = argv;
  const env = { ...environment, ...secrets };
  try {
    return spawn(command, args, {
      cwd: join(folder, 'work'),
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new NotStartedError(code === 'E2BIG' ? tooLarge(argv, env) : `no process can be made for it (${code})`);
  }
}

/** In ECS's words. Without a cause: Node's messages quote values, and some of them are secrets. */
export class NotStartedError extends Error {
  override readonly name = 'NotStartedError';
  constructor(why: string) {
    super(`CannotStartContainerError: ${why}`);
  }
}

function tooLarge(argv: readonly string[], env: Readonly<Record<string, string>>): string {
  const sizes = [
    ...argv.map((text, i) => ({ what: i ? `argument ${i} of the command` : 'the command', bytes: sizeOf(text) })),
    ...Object.entries(env).map(([name, value]) => ({ what: `variable "${name}"`, bytes: sizeOf(`${name}=${value}`) })),
  ];
  const all = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  const largest = sizes.reduce((most, each) => (each.bytes > most.bytes ? each : most), { what: '', bytes: 0 });
  return (
    `command and variables have ${all} bytes, more than this machine gives a process (E2BIG); ` +
    `the largest is ${largest.what} with ${largest.bytes}: let the task read large values from objects or files`
  );
}

/** As the system counts: texts end with a zero. */
const sizeOf = (text: string) => Buffer.byteLength(text) + 1;
