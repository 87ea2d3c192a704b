/** A program that prints a pipeline: one written with Gofer's Go or Rust SDK, or anything else that can print JSON. */
import { spawn } from 'node:child_process';
import { InvalidError } from '../errors.ts';
import { writeDuration } from '../pipeline/duration.ts';

const remedies: Readonly<Record<string, string>> = {
  go: 'install Go (https://go.dev/dl), or print the pipeline elsewhere and pass the JSON file',
  cargo: 'install Rust (https://rustup.rs), or print the pipeline elsewhere and pass the JSON file',
};

/** A pipeline may have 1 MB; a program that prints much more doesn't print a pipeline. */
const mostOutput = 8 * 1024 * 1024;
const tailLines = 20;

export type ProgramOptions = { readonly cwd: string; readonly timeoutMs: number; readonly source: string };

/** What the program printed on standard output. `source` is what errors call it. */
export async function runProgram(
  command: readonly string[],
  { cwd, timeoutMs, source }: ProgramOptions,
): Promise<string> {
  const [program = '', ...args] = command;
  const name = remedies[program] ? command.join(' ') : source;
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const out: Buffer[] = [];
  let size = 0;
  let errors = '';

  return new Promise((resolve, reject) => {
    const fail = (message: string, cause?: unknown) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      // Whatever it started may hold the pipes open: don't wait for it.
      child.stdout.destroy();
      child.stderr.destroy();
      reject(new InvalidError(message, { cause }));
    };
    const limit = writeDuration(Math.max(1, Math.round(timeoutMs / 1000)));
    const timer = setTimeout(() => fail(`${name} printed no pipeline within ${limit}${told(errors)}`), timeoutMs);

    child.stdout.on('data', (chunk: Buffer) => {
      out.push(chunk);
      size += chunk.length;
      if (size > mostOutput) fail(`${name} printed more than ${mostOutput} bytes; that is no pipeline`);
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      errors = (errors + chunk).slice(-64 * 1024);
    });
    child.on('error', (cause: NodeJS.ErrnoException) => fail(notStarted(program, source, cause), cause));
    child.on('close', (code, signal) => {
      if (code !== 0) return fail(`${name} ended with ${signal ?? `exit code ${code}`}${told(errors)}`);
      clearTimeout(timer);
      resolve(Buffer.concat(out).toString('utf8'));
    });
  });
}

function notStarted(program: string, source: string, { code, message }: NodeJS.ErrnoException): string {
  const remedy = remedies[program];
  if (code === 'ENOENT' && remedy) return `${source} needs the program "${program}", which was not found; ${remedy}`;
  if (code === 'ENOENT') return `${source} can't be started: the interpreter in its first line does not exist`;
  if (code === 'ENOEXEC') return `${source} can't be started: it needs a first line such as "#!/usr/bin/env python3"`;
  return `${source} can't be started: ${message}`;
}

/** The end of what the program wrote on standard error. */
function told(errors: string): string {
  const lines = errors.trimEnd().split('\n').slice(-tailLines);
  return errors.trim() ? `:\n${lines.map((line) => `  ${line}`).join('\n')}` : ', without a word on standard error';
}
