/** Logs in memory that a test writes while others read. */
import type { LogLine, LogStream, Logs } from '../../lib/ports/logs.ts';

export type MemoryLogs = Logs & {
  readonly write: (stream: LogStream, ...texts: (string | Uint8Array)[]) => void;
  /** Readers look again whether their log has ended. */
  readonly wake: () => void;
  readonly removed: LogStream[];
  /** Lines that readers have taken. */
  readonly taken: () => number;
};

const nameOf = ({ run, task, launch }: LogStream) => `${run}/${task}/${launch}`;

/** Lines are written a second apart from here, so that their times are known. */
export const firstTime = Date.UTC(2026, 0, 1);

export function createMemoryLogs(): MemoryLogs {
  const streams = new Map<string, LogLine[]>();
  const removed: LogStream[] = [];
  let news = Promise.withResolvers<void>();
  let taken = 0;
  const wake = () => {
    news.resolve();
    news = Promise.withResolvers();
  };
  return {
    removed,
    wake,
    taken: () => taken,
    write(stream, ...texts) {
      const lines = streams.get(nameOf(stream)) ?? [];
      streams.set(nameOf(stream), lines);
      for (const text of texts) {
        const data = typeof text === 'string' ? Buffer.from(text) : text;
        const time = firstTime + lines.length * 1000;
        lines.push({ id: String(lines.length + 1), time, source: 'stdout', data, complete: true });
      }
      wake();
    },
    async *read(stream, { after = '0', past, follow = false, ended = async () => true, signal } = {}) {
      let next = Number(after);
      if (past) for (const line of streams.get(nameOf(stream))?.slice(0, next) ?? []) past(line);
      const aborted = Promise.withResolvers<void>();
      signal?.addEventListener('abort', () => aborted.resolve());
      while (!signal?.aborted) {
        const more = news.promise;
        const over = !follow || (await ended());
        const lines = streams.get(nameOf(stream)) ?? [];
        for (let line = lines[next]; line; line = lines[next]) {
          next++;
          taken++;
          yield line;
        }
        if (over) return;
        await Promise.race([more, aborted.promise]);
      }
    },
    remove: async (stream) => {
      removed.push(stream);
      streams.delete(nameOf(stream));
    },
  };
}
