/**
 * A task that is a process has a folder, `<data>/scratch/<id>`, that takes a container's place: it exists as long as the
 * task is not told as stopped. Each file is there whole or not at all.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What to run, written by the server. */
export type Spec = {
  readonly id: string;
  readonly group: string;
  readonly cluster: string;
  readonly definition: string;
  readonly image: string;
  readonly createdAt: number;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly stopTimeout: number;
  /** Where the log goes: an absolute path. */
  readonly log: string;
};

/** A process, told from a later one of the same number. */
export type ProcessIdentity = { readonly pid: number; readonly start: string };

/** How it ended, written by the wrapper. */
export type Result = {
  readonly at: number;
  readonly startedAt?: number;
  readonly exitCode?: number;
  readonly failure?: string;
};

type Files = {
  'spec.json': Spec;
  /** The one wrapper that runs the task. */
  'wrapper.json': ProcessIdentity;
  /** The command's process, which leads its group. */
  'task.json': ProcessIdentity & { readonly startedAt: number };
  'result.json': Result;
};

/** What the wrapper says to the server that started it, if that still lives. */
export type Running = { readonly running: number };

/** `undefined`: not there (yet). */
export function read<N extends keyof Files>(folder: string, name: N): Files[N] | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, name), 'utf8')) as Files[N];
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export function write<N extends keyof Files>(folder: string, name: N, content: Files[N]) {
  const draft = draftOf(folder, name);
  writeFileSync(draft, JSON.stringify(content));
  renameSync(draft, join(folder, name));
}

/** Only the first of several writers succeeds. */
export function claim<N extends keyof Files>(folder: string, name: N, content: Files[N]): boolean {
  const draft = draftOf(folder, name);
  writeFileSync(draft, JSON.stringify(content));
  try {
    linkSync(draft, join(folder, name));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft);
  }
}

const draftOf = (folder: string, name: string) => join(folder, `${name}.${process.pid}`);

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT';
