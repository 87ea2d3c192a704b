import { describe, expect, it } from 'vitest';
import type { LogLine, LogStream, Logs } from '../../lib/ports/logs.ts';

/** How a test writes a stream of the implementation under test. */
export type LogsUnderTest = {
  readonly logs: Logs;
  /** Adds whole lines to the stream; with `end` the log ends after them. */
  readonly write: (stream: LogStream, lines: readonly string[], end?: 'end') => Promise<void>;
};

export const collect = async (lines: AsyncIterable<LogLine>): Promise<LogLine[]> => {
  const all: LogLine[] = [];
  for await (const line of lines) all.push(line);
  return all;
};

export const texts = (lines: readonly LogLine[]) => lines.map(({ data }) => Buffer.from(data).toString());

/** What every implementation of the port `Logs` does. */
export function describeLogs(create: () => Promise<LogsUnderTest>) {
  describe('logs', () => {
    const stream: LogStream = { run: 'a1_1', task: 'build', launch: 1 };

    it('reads lines in the order in which they were written, with time and source', async () => {
      const { logs, write } = await create();
      await write(stream, ['one', 'two', 'three']);
      const lines = await collect(logs.read(stream));
      expect(texts(lines)).toEqual(['one', 'two', 'three']);
      for (const line of lines)
        expect(line).toMatchObject({ source: 'stdout', complete: true, time: expect.any(Number) });
    });

    it('resumes after a line by its id', async () => {
      const { logs, write } = await create();
      await write(stream, ['one', 'two', 'three']);
      const [first] = await collect(logs.read(stream));
      expect(texts(await collect(logs.read(stream, { after: first?.id ?? '' })))).toEqual(['two', 'three']);
    });

    it('gives who resumes what was written just before, and never as a line of the answer', async () => {
      const { logs, write } = await create();
      const written = ['one', 'two', 'three', 'four'];
      await write(stream, written);
      const lines = await collect(logs.read(stream));
      for (const [i, { id }] of lines.entries()) {
        const past: LogLine[] = [];
        const read = await collect(logs.read(stream, { after: id, past: (line) => void past.push(line) }));
        expect([texts(past), texts(read)]).toEqual([written.slice(0, i + 1), written.slice(i + 1)]);
        expect([...past, ...read].map((line) => line.id)).toEqual(lines.map((line) => line.id));
      }
      const past: LogLine[] = [];
      await collect(logs.read(stream, { past: (line) => void past.push(line) }));
      expect(past).toEqual([]);
    });

    it('keeps the launches of a task apart', async () => {
      const { logs, write } = await create();
      await write(stream, ['first launch']);
      await write({ ...stream, launch: 2 }, ['second launch']);
      expect(texts(await collect(logs.read({ ...stream, launch: 2 })))).toEqual(['second launch']);
    });

    it('has no lines of a stream that does not exist', async () => {
      const { logs } = await create();
      expect(await collect(logs.read(stream))).toEqual([]);
    });

    it('follows a stream that begins later, to its end', async () => {
      const { logs, write } = await create();
      let over = false;
      const following = collect(logs.read(stream, { follow: true, ended: async () => over }));
      await write(stream, ['one']);
      await write(stream, ['two'], 'end');
      over = true;
      expect(texts(await following)).toEqual(['one', 'two']);
    });

    it('follows a stream without an end as long as its log has not ended', async () => {
      const { logs, write } = await create();
      await write(stream, ['one']);
      let ended = false;
      const following = logs.read(stream, { follow: true, ended: async () => ended });
      const lines: string[] = [];
      for await (const line of following) {
        lines.push(...texts([line]));
        if (lines.length === 1) await write(stream, ['two']);
        ended = lines.length === 2;
      }
      expect(lines).toEqual(['one', 'two']);
    });

    it('stops following when it is told to', async () => {
      const { logs, write } = await create();
      await write(stream, ['one']);
      const reader = new AbortController();
      const lines: string[] = [];
      for await (const line of logs.read(stream, { follow: true, signal: reader.signal })) {
        lines.push(...texts([line]));
        reader.abort();
      }
      expect(lines).toEqual(['one']);
    });

    it('removes a stream, also one that is gone already', async () => {
      const { logs, write } = await create();
      await write(stream, ['one']);
      await logs.remove(stream);
      await logs.remove(stream);
      expect(await collect(logs.read(stream))).toEqual([]);
    });
  });
}
