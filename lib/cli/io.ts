/** What the command line gets from outside: streams, environment, clock. Tests bring their own. */
import { homedir } from 'node:os';
import type { Readable } from 'node:stream';
import { exit } from './exit.ts';

export type Sink = {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly rows: number;
  /** Resolves at once, or when a slow reader has caught up: memory stays bounded. */
  write(chunk: string | Uint8Array): Promise<void>;
};

export type Io = {
  readonly stdin: Readable;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
  /** Calls back every `ms` milliseconds until the returned function is called. */
  readonly every: (ms: number, tick: () => void) => () => void;
  /** Calls back on Ctrl-C and SIGTERM instead of dying of it, until the returned function is called. */
  readonly onInterrupt: (listener: () => void) => () => void;
  readonly fetch: typeof fetch;
};

/** The process's own. */
export function processIo(): Io {
  return {
    stdin: process.stdin,
    stdout: sink(process.stdout),
    stderr: sink(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    now: Date.now,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    every: (ms, tick) => {
      const timer = setInterval(tick, ms);
      timer.unref();
      return () => clearInterval(timer);
    },
    onInterrupt: (listener) => {
      process.on('SIGINT', listener);
      process.on('SIGTERM', listener);
      return () => {
        process.off('SIGINT', listener);
        process.off('SIGTERM', listener);
      };
    },
    fetch: globalThis.fetch,
  };
}

function sink(stream: NodeJS.WriteStream): Sink {
  // `gofer … | head` closes the pipe: there is nobody left to tell anything, also not how a run that is followed ends.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exit.unread);
  });
  return {
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns || 100;
    },
    get rows() {
      return stream.rows || 30;
    },
    write: (chunk) =>
      stream.write(chunk) ? Promise.resolve() : new Promise((resolve) => stream.once('drain', resolve)),
  };
}
