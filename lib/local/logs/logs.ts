/** Logs in files: `<data>/logs/<run>/<task>/<launch>.log`. */
import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InvalidError } from '../../errors.ts';
import type { LogLine, LogReading, LogStream, Logs } from '../../ports/logs.ts';
import { readBatches } from './reader.ts';
import { noLineAt } from './record.ts';

/** Where the log of a group (`<run>/<task>/<launch>`) is. */
export const logPath = (data: string, group: string) => join(data, 'logs', `${group}.log`);

export class FileLogs implements Logs {
  readonly #data: string;

  constructor(data: string) {
    this.#data = data;
  }

  async *read(stream: LogStream, reading: LogReading = {}): AsyncGenerator<LogLine> {
    for await (const batch of this.readBatches(stream, reading)) yield* batch;
  }

  /** What `read` gives, as many lines at a time as are there: for writing them on in few calls. */
  readBatches(stream: LogStream, reading: LogReading = {}): AsyncGenerator<LogLine[]> {
    const { after, past, follow = false, ended = async () => false, signal } = reading;
    const from = after === undefined ? 0 : offsetOf(after);
    const batchesFrom = (first: number) =>
      readBatches(this.#path(stream), { from: first, follow, ended, ...(signal && { signal }) });
    return past ? afterPast(batchesFrom(0), from, past) : batchesFrom(from);
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

/** A file is read fast: who wants what comes before a line gets all of it. */
async function* afterPast(
  batches: AsyncIterable<LogLine[]>,
  from: number,
  past: (line: LogLine) => void,
): AsyncGenerator<LogLine[]> {
  let reached = 0;
  for await (const batch of batches) {
    const seen = reached < from ? batch.filter(({ id }) => Number(id) <= from) : [];
    for (const line of seen) past(line);
    reached = Number(seen.at(-1)?.id ?? reached);
    if (seen.length === batch.length) continue;
    if (reached < from) throw noLineAt(from);
    yield batch.slice(seen.length);
  }
}

function offsetOf(id: string): number {
  if (/^\d{1,15}$/.test(id)) return Number(id);
  throw new InvalidError(`log position "${id}" is none of this server's; use the id of a line that you have read`);
}
