import { appendFile, mkdtemp, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileLogs, logPath } from '../../../lib/local/logs/logs.ts';
import { Records } from '../../../lib/local/logs/record.ts';
import { LogWriter } from '../../../lib/local/logs/writer.ts';
import type { LogStream } from '../../../lib/ports/logs.ts';
import { collect, describeLogs, texts } from '../../ports/logs.contract.ts';

const stream: LogStream = { run: 'a1_1', task: 'build', launch: 1 };
const folder = () => mkdtemp(join(tmpdir(), 'gofer-logs-'));
const pathOf = (data: string, { run, task, launch }: LogStream) => logPath(data, `${run}/${task}/${launch}`);

const encode = (lines: readonly string[]) => {
  const records = new Records();
  for (const line of lines) records.line(1_700_000_000_000, 'stdout', Buffer.from(line), true);
  return Buffer.from(records.take());
};

async function write(data: string, to: LogStream, lines: readonly string[], end?: 'end') {
  const writer = await LogWriter.open(pathOf(data, to));
  await writer?.write(encode(lines));
  await (end ? writer?.end(Date.now()) : writer?.close());
}

/** Follows to the end; how many lines came in their order. */
async function inOrder(data: string): Promise<number> {
  let next = 0;
  for await (const batch of new FileLogs(data).readBatches(stream, { follow: true })) {
    for (const line of batch) if (Buffer.from(line.data).toString() === `line ${next}`) next++;
  }
  return next;
}

describeLogs(async () => {
  const data = await folder();
  return { logs: new FileLogs(data), write: (to, lines, end) => write(data, to, lines, end) };
});

describe('log files', () => {
  it('give a follower every line of 200,000', async () => {
    const data = await folder();
    const count = 200_000;
    const following = inOrder(data);
    const writer = await LogWriter.open(pathOf(data, stream));
    const lines = Array.from({ length: count }, (_, i) => `line ${i}`);
    for (let i = 0; i < count; i += 10_000) await writer?.write(encode(lines.slice(i, i + 10_000)));
    await writer?.end(0);
    expect(await following).toBe(count);
  });

  it('end for their followers with what their writer says of the end, whatever is known elsewhere', async () => {
    const data = await folder();
    const following = collect(new FileLogs(data).read(stream, { follow: true }));
    await write(data, stream, ['one', 'two'], 'end');
    expect(texts(await following)).toEqual(['one', 'two']);
  });

  it('give 100 readers at once every line', async () => {
    const data = await folder();
    const count = 2_000;
    const following = Array.from({ length: 100 }, () => inOrder(data));
    await write(
      data,
      stream,
      Array.from({ length: count }, (_, i) => `line ${i}`),
      'end',
    );
    expect(new Set(await Promise.all(following))).toEqual(new Set([count]));
  });

  it('leave out a record that a crash has torn, and go on behind the last whole one', async () => {
    const data = await folder();
    const logs = new FileLogs(data);
    await write(data, stream, ['one', 'two']);
    await appendFile(pathOf(data, stream), encode(['torn']).subarray(0, 12));
    expect(texts(await collect(logs.read(stream)))).toEqual(['one', 'two']);
    await write(data, stream, ['three'], 'end');
    expect(texts(await collect(logs.read(stream)))).toEqual(['one', 'two', 'three']);
  });

  it('store what is copied again from the beginning only once', async () => {
    const data = await folder();
    const logs = new FileLogs(data);
    const all = encode(['one', 'two', 'three']);
    await write(data, stream, ['one', 'two']);
    await truncate(pathOf(data, stream), encode(['one']).length + 5);
    const writer = await LogWriter.open(pathOf(data, stream));
    writer?.restart();
    for (const byte of all) await writer?.write(Buffer.of(byte));
    await writer?.end(0);
    expect(texts(await collect(logs.read(stream)))).toEqual(['one', 'two', 'three']);
  });

  it('take nothing more once they have ended', async () => {
    const data = await folder();
    await write(data, stream, ['one'], 'end');
    expect(await LogWriter.open(pathOf(data, stream))).toBeUndefined();
  });

  it('refuse a position that is none of theirs', async () => {
    const data = await folder();
    const logs = new FileLogs(data);
    await write(data, stream, ['one', 'two'], 'end');
    await expect(collect(logs.read(stream, { after: 'x' }))).rejects.toThrow('log position "x"');
    await expect(collect(logs.read(stream, { after: '9' }))).rejects.toThrow('no line of the log begins at position 9');
    const past = () => {};
    await expect(collect(logs.read(stream, { after: '9', past }))).rejects.toThrow('begins at position 9');
  });
});
