/** The command line as a function: arguments in, exit code out. */
import { CommanderError } from 'commander';
import { Runner } from './command.ts';
import { exitCodeOf, failureOf } from './exit.ts';
import { type Io, processIo } from './io.ts';
import { createProgram } from './program.ts';
import { Terminal } from './terminal/terminal.ts';
import { version } from './version.ts';

/**
 * Runs one command. `argv` holds the arguments alone, without node and script.
 * @example process.exitCode = await main(['run', 'list', 'build']);
 */
export async function main(argv: readonly string[], io: Io = processIo()): Promise<number> {
  const runner = new Runner(io);
  try {
    await createProgram(runner, version()).parseAsync([...argv], { from: 'user' });
    return runner.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return exitCodeOf(error);
    const failure = failureOf(error);
    if (failure === undefined) return 1;
    // The settings themselves may be what is wrong, so this asks the arguments alone.
    const terminal = new Terminal(io, 'plain', argv.includes('--no-color') ? false : undefined);
    await terminal.error(failure.message, failure.next);
    if (argv.includes('--debug') || io.env['GOFER_DEBUG'] === 'true') await terminal.notice(traceOf(error));
    return failure.code;
  }
}

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.stack}${error.cause === undefined ? '' : `\ncaused by: ${traceOf(error.cause)}`}`;
}
