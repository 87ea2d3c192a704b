/** `gofer` as its users run it: a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export type Program = {
  readonly child: ChildProcess;
  /** What it has written so far. */
  readonly output: () => { readonly stdout: string; readonly stderr: string };
  /** Resolves once it has ended and all it wrote was read. */
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
};

type Environment = Readonly<Record<string, string>>;

/** Starts it with none of this machine's Gofer settings, and no settings file. */
export function start(args: readonly string[], environment: Environment = {}): Program {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('GOFER_'));
  const child = spawn(process.execPath, [join(root, 'bin/gofer.ts'), ...args], {
    cwd: root,
    env: { ...Object.fromEntries(others), GOFER_NO_COLOR: 'true', HOME: tmpdir(), ...goHome(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const output = () => ({ stdout, stderr });
  return {
    child,
    output,
    ended: once(child, 'close').then(([code]) => ({ code: code as number | null, ...output() })),
  };
}

/** Go keeps what it compiled below the home folder: without that each run compiles its standard library again. */
const goHome = (): Environment => ({
  GOCACHE: process.env['GOCACHE'] ?? join(process.env['HOME'] ?? tmpdir(), '.cache/go-build'),
});

/** Runs it to its end. */
export const gofer = (args: readonly string[], environment?: Environment) => start(args, environment).ended;
