/** A secret's value on its way in: from standard input, a file or the environment, never from the command's words. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { UsageError } from './exit.ts';
import type { Io } from './io.ts';

export type ValueFlags = { readonly file?: string; readonly env?: string };

export async function readValue(io: Io, { file, env }: ValueFlags): Promise<string> {
  if (file !== undefined && env !== undefined) throw new UsageError('--file and --env are both given; choose one');
  if (env !== undefined) {
    const value = io.env[env];
    if (value === undefined) throw new UsageError(`the environment has no variable ${env}`);
    return value;
  }
  if (file !== undefined) return oneLine(await readFile(resolve(io.cwd, file), 'utf8').catch(unreadable(file)));
  if ('isTTY' in io.stdin && io.stdin.isTTY)
    throw new UsageError('the value comes on standard input, where nobody sees it: pipe it, or give --file or --env');
  return oneLine(await text(io.stdin));
}

const unreadable = (file: string) => (error: Error) => {
  throw new UsageError(`${file} can't be read: ${error.message}`);
};

/** A line's end is the editor's or the shell's; that of several lines may be part of a key. */
const oneLine = (value: string): string => (/^[^\n]*\r?\n$/.test(value) ? value.replace(/\r?\n$/, '') : value);
