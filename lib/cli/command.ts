/** What all commands share: how an action runs, and how arguments are read. */
import { Command, InvalidArgumentError } from 'commander';
import type { Page } from '../client/types.ts';
import type { Flags } from './config.ts';
import type { Io } from './io.ts';
import { openSession, type Session } from './session.ts';

/** A command's work. What it returns is the exit code; nothing = 0. */
export type Work<A extends unknown[]> = (session: Session, ...args: A) => Promise<number> | Promise<void>;

/** Connects commands with their surroundings and keeps the exit code. */
export class Runner {
  readonly io: Io;
  exitCode = 0;

  constructor(io: Io) {
    this.io = io;
  }

  /** Wraps `work` as commander wants it: arguments, options, command. */
  action<A extends unknown[]>(work: Work<A>): (...args: A) => Promise<void> {
    return async (...args) => {
      const command = args.at(-1);
      const flags: Flags = command instanceof Command ? command.optsWithGlobals<Flags>() : {};
      this.exitCode = (await work(await openSession(flags, this.io), ...args)) ?? 0;
    };
  }
}

/** A command of this noun, with examples under its help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}

/** A whole number from 1: run numbers, versions, attempts. */
export function positive(text: string): number {
  const value = Number(text.replace(/^[#v]/, ''));
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('Give a whole number from 1.');
  return value;
}

export function count(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('Give a whole number from 0.');
  return value;
}

/** Collects `--var KEY=VALUE` and the like; a value may hold further equals signs. */
export function variable(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Give KEY=VALUE, as in GREETING=hello.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** The options of every list; `reversed` says what its other order is. */
export const paged = (command: Command, reversed = 'newest first'): Command =>
  command
    .option('--limit <n>', 'at most this many', count)
    .option('--offset <n>', 'leave out this many first', count)
    .option('--reverse', reversed);

export type PageOptions = { limit?: number; offset?: number; reverse?: boolean };

export const pageOf = ({ limit, offset, reverse }: PageOptions): Page => ({
  ...(limit === undefined ? {} : { limit }),
  ...(offset === undefined ? {} : { offset }),
  ...(reverse === undefined ? {} : { reverse }),
});
