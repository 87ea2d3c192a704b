/** Logs in files: `<data>/logs/<run>/<task>/<launch>.log`. */
import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InvalidError } from '../../errors.ts';
import type { LogLine, LogStream, Logs } from '../../ports/logs.ts';
import { readBatches } from './reader.ts';

type ReadOptions = NonNullable<Parameters<Logs['read']>[1]>;

/** Where the log of a group (`<run>/<task>/<launch>`) is. */
export const logPath = (data: string, group: string) => join(data, 'logs', `${group}.log`);

export class FileLogs implements Logs {
  readonly #data: string;

  constructor(data: string) {
    this.#data = data;
  }

  async *read(stream: LogStream, options: ReadOptions = {}): AsyncGenerator<LogLine> {
    for await (const batch of this.readBatches(stream, options)) yield* batch;
  }

  /** What `read` gives, as many lines at a time as are there: for writing them on in few calls. */
  readBatches(stream: LogStream, options: ReadOptions = {}): AsyncGenerator<LogLine[]> {
    const { after, follow = false, ended = async () => false, signal } = options;
    return readBatches(this.#path(stream), {
      from: after === undefined ? 0 : offsetOf(after),
      follow,
      ended,
      ...(signal && { signal }),
    });
  }

  async remove(stream: LogStream): Promise<void> {
    const path = this.#path(stream);
    await rm(path, { force: true });
    // The folders of the task and the run go with their last log; one that isn't empty stays.
    for (const folder of [dirname(path), dirname(dirname(path))]) await rmdir(folder).catch(() => {});
  }

  #path({ run, task, launch }: LogStream) {
    return logPath(this.#data, `${run}/${task}/${launch}`);
  }
}

function offsetOf(id: string): number {
  if (/^\d{1,15}$/.test(id)) return Number(id);
  throw new InvalidError(`log position "${id}" is none of this server's; use the id of a line that you have read`);
}
