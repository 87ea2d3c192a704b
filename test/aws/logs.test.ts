import { setImmediate } from 'node:timers/promises';
import {
  CloudWatchLogsClient,
  DeleteLogStreamCommand,
  GetLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { createLogs } from '../../lib/aws/logs.ts';
import { extensionsLog } from '../../lib/extension/place.ts';
import type { LogLine } from '../../lib/ports/logs.ts';
import { extensionKey } from '../../lib/store/items/extension.ts';
import { taskKey } from '../../lib/store/items/run.ts';
import { createMemoryTable } from '../../lib/store/memory.ts';
import { describeLogs } from '../ports/logs.contract.ts';

const client = new CloudWatchLogsClient({ region: 'eu-central-1' });
const aws = mockClient(client);
const stream = { run: 'u1_7', task: 'build', launch: 2 };
const logStreamName = 'gofer/task/0123abcd';
const missing = new ResourceNotFoundException({ message: 'The specified log stream does not exist.', $metadata: {} });

async function logsOf(pauses: number[] = [], turn = async () => {}) {
  const table = createMemoryTable();
  const launch_2 = { arn: 'arn:aws:ecs:eu-central-1:123456789012:task/gofer/0123abcd', state: 'RUNNING' };
  await table.put({ ...taskKey('u1', 7, 'build'), launch_2 });
  const pause = async (milliseconds: number) => void pauses.push(milliseconds);
  return createLogs(client, table, { logGroup: 'gofer-tasks', pause, turn });
}

/** CloudWatch with these lines: a page of two each, and at the end the same token again and again. */
function written(...lines: [time: number, text: string][]) {
  aws.on(GetLogEventsCommand).callsFake(({ nextToken, startTime = 0 }: { nextToken?: string; startTime?: number }) => {
    const from = Number(nextToken?.slice(2) ?? lines.findIndex(([time]) => time >= startTime));
    const page = lines.slice(from, from + 2);
    return {
      events: page.map(([timestamp, message]) => ({ timestamp, message })),
      nextForwardToken: `f/${from + page.length}`,
    };
  });
}

async function read(lines: AsyncIterable<LogLine>) {
  const found: { id: string; time: number; text: string }[] = [];
  for await (const { id, time, data } of lines) found.push({ id, time, text: Buffer.from(data).toString() });
  return found;
}

beforeEach(() => aws.reset());

describeLogs(async () => {
  const table = createMemoryTable();
  const streams = new Map<string, { timestamp: number; message: string }[]>();
  aws.on(GetLogEventsCommand).callsFake(({ logStreamName: name, nextToken, startTime = 0 }) => {
    const all = streams.get(name);
    if (!all) throw missing;
    const from = nextToken ? Number(nextToken.slice(2)) : all.findIndex(({ timestamp }) => timestamp >= startTime);
    const events = from < 0 ? [] : all.slice(from, from + 2);
    return { events, nextForwardToken: `f/${Math.max(from, 0) + events.length}` };
  });
  aws.on(DeleteLogStreamCommand).callsFake(({ logStreamName: name }) => {
    if (!streams.delete(name)) throw missing;
  });
  const pause = () => setImmediate();
  return {
    logs: createLogs(client, table, { logGroup: 'gofer-tasks', pause, turn: async () => {} }),
    async write({ run, task, launch }, lines) {
      const [uid = '', number] = run.split('_');
      const facts = { arn: `arn:aws:ecs:eu-central-1:123456789012:task/gofer/${launch}`, state: 'RUNNING' };
      await table.update(taskKey(uid, Number(number), task), { set: { [`launch_${launch}`]: facts } });
      const name = `gofer/task/${launch}`;
      const before = streams.get(name) ?? [];
      const added = lines.map((message, i) => ({ timestamp: 1_700_000_000_000 + before.length + i, message }));
      streams.set(name, [...before, ...added]);
    },
  };
});

test('the stream is that of the launch, found by its container', async () => {
  written([1, 'one']);
  await read((await logsOf()).read(stream));
  expect(aws.commandCalls(GetLogEventsCommand)[0]?.args[0].input).toMatchObject({
    logGroupName: 'gofer-tasks',
    logStreamName,
    startFromHead: true,
  });
});

test('a log is read in order over all its pages', async () => {
  written([1, 'a'], [2, 'b'], [2, 'c'], [3, 'd'], [3, 'e']);
  const lines = await read((await logsOf()).read(stream));
  expect(lines.map(({ time, text }) => [time, text])).toEqual([
    [1, 'a'],
    [2, 'b'],
    [2, 'c'],
    [3, 'd'],
    [3, 'e'],
  ]);
});

test('every call waits for its turn, whichever log it is for', async () => {
  written([1, 'a'], [2, 'b'], [3, 'c']);
  let turns = 0;
  const logs = await logsOf([], async () => void turns++);
  await Promise.all([read(logs.read(stream)), read(logs.read(stream))]);
  expect(turns).toBe(aws.commandCalls(GetLogEventsCommand).length);
});

test('ids are ordered, and reading resumes after any of them', async () => {
  written([1, 'a'], [2, 'b'], [2, 'c'], [2, 'd'], [3, 'e']);
  const logs = await logsOf();
  const lines = await read(logs.read(stream));
  expect(lines.map(({ id }) => id)).toEqual(lines.map(({ id }) => id).sort());
  for (const [i, { id }] of lines.entries())
    expect(await read(logs.read(stream, { after: id }))).toEqual(lines.slice(i + 1));
});

test('who asks for what came before a line gets ten seconds of it, however long the log is', async () => {
  const at = 1_700_000_000_000;
  written([at - 60_000, 'long ago'], [at - 10_000, 'a'], [at, 'b'], [at, 'c'], [at, 'd']);
  const logs = await logsOf();
  const past: LogLine[] = [];
  const after = `${at}-00000001`;
  const lines = await read(logs.read(stream, { after, past: (line) => void past.push(line) }));
  expect(lines.map(({ text }) => text)).toEqual(['d']);
  expect(past.map(({ data }) => Buffer.from(data).toString())).toEqual(['a', 'b', 'c']);
});

describe('an attempt without a stream', () => {
  test('has an empty log', async () => {
    aws.on(GetLogEventsCommand).rejects(missing);
    expect(await read((await logsOf()).read(stream))).toEqual([]);
  });

  test('whose container is not known is not asked for', async () => {
    expect(await read((await logsOf()).read({ ...stream, launch: 3 }))).toEqual([]);
    expect(aws.calls()).toEqual([]);
  });
});

describe('a follower', () => {
  test('waits for the stream, asks ever more slowly in silence, and reads on after the end until all has arrived', async () => {
    const pauses: number[] = [];
    const logs = await logsOf(pauses);
    aws.on(GetLogEventsCommand).callsFake(({ nextToken }: { nextToken?: string }) => {
      if (pauses.length < 4) throw missing;
      return { events: nextToken ? [] : [{ timestamp: 1, message: 'late' }], nextForwardToken: 'f/1' };
    });
    const ended = async () => pauses.length >= 4;
    expect(await read(logs.read(stream, { follow: true, ended }))).toMatchObject([{ text: 'late' }]);
    expect(pauses).toEqual([1000, 2000, 4000, 5000, 1000]);
  });

  test('stops when it is told to', async () => {
    const stop = new AbortController();
    written([1, 'a']);
    const found: string[] = [];
    for await (const line of (await logsOf()).read(stream, { follow: true, signal: stop.signal })) {
      found.push(Buffer.from(line.data).toString());
      stop.abort();
    }
    expect(found).toEqual(['a']);
  });
});

describe('the log of an extension', () => {
  const hooks = { run: extensionsLog, task: 'hooks', launch: 1000 };
  const logsWith = async (seen?: { readonly arn: string; readonly since: number }) => {
    const table = createMemoryTable();
    await table.put({ ...extensionKey('hooks'), ...(seen && { seen }) });
    return createLogs(client, table, { logGroup: 'gofer-tasks', pause: async () => {}, turn: async () => {} });
  };

  test('is that of the container which was seen last', async () => {
    written([1, 'up']);
    const arn = 'arn:aws:ecs:eu-central-1:123456789012:task/gofer/0123abcd';
    const lines = await read((await logsWith({ arn, since: 1000 })).read(hooks));
    expect(lines.map(({ text }) => text)).toEqual(['up']);
    expect(aws.commandCalls(GetLogEventsCommand)[0]?.args[0].input).toMatchObject({ logStreamName });
  });

  test.each([
    ['of which no container was seen', undefined],
    ['whose container was not started yet', { arn: '', since: 1000 }],
    ['that has another container by now', { arn: 'arn:aws:ecs:eu-central-1:123456789012:task/gofer/new', since: 2000 }],
  ])('is empty for one %s', async (_, seen) => {
    expect(await read((await logsWith(seen)).read(hooks))).toEqual([]);
    expect(aws.calls()).toEqual([]);
  });
});

test('removing a stream that is gone is done already', async () => {
  const logs = await logsOf();
  aws.on(DeleteLogStreamCommand).rejectsOnce(missing).resolves({});
  await logs.remove(stream);
  await logs.remove(stream);
  expect(aws.calls().map(({ args: [command] }) => command.input)).toEqual([
    { logGroupName: 'gofer-tasks', logStreamName },
    { logGroupName: 'gofer-tasks', logStreamName },
  ]);
});
