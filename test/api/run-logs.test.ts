import { beforeEach, describe, expect, test } from 'vitest';
import { decodeEvents, type ServerSentEvent } from '../../lib/client/sse.ts';
import type { RunLogEvent } from '../../lib/client/types.ts';
import { getRun } from '../../lib/run/runs.ts';
import { runKey, taskKey } from '../../lib/store/items/run.ts';
import { runName } from '../../lib/task/group.ts';
import { createMemoryHome, type MemoryHome } from '../memory-home.ts';
import { buildConfig, configs, runs, type Send, startApi } from './client.ts';
import { createMemoryLogs, type MemoryLogs } from './memory-logs.ts';

const path = `${runs}/1/logs`;

let home: MemoryHome;
let logs: MemoryLogs;
let send: Send;
let uid: string;

beforeEach(async () => {
  logs = createMemoryLogs();
  const memory = createMemoryHome();
  // Readers of a log look now and then whether it has ended: here, whenever the tasks have been looked at.
  const query: typeof memory.table.query = async (...asked) => {
    setTimeout(logs.wake);
    return memory.table.query(...asked);
  };
  home = { ...memory, table: { ...memory.table, query }, logs };
  send = await startApi(home);
  await send(`POST ${configs}`, { body: { config: buildConfig } });
  await send(`POST ${runs}`, { body: { variables: {} } });
  uid = (await getRun(home, { namespace: 'default', pipeline: 'build', number: 1 })).uid;
});

const change = async (task: string, set: Readonly<Record<string, string | number | boolean>>) => {
  await home.table.update(taskKey(uid, 1, task), { set });
  logs.wake();
};
const write = (task: string, launch: number, ...texts: string[]) =>
  logs.write({ run: runName(uid, 1), task, launch }, ...texts);
const endRun = () => home.table.update(runKey(uid, 1), { set: { state: 'complete', status: 'successful' } });

/** Events as they come; leaves after `enough` of them. */
async function follow(after?: string, onEvent: (event: ServerSentEvent, count: number) => unknown = () => {}) {
  const headers = { accept: 'text/event-stream', ...(after && { 'last-event-id': after }) };
  const { stream } = (await send(`GET ${path}`, { headers })).result;
  if (!stream || !('bytes' in stream)) throw new Error('no stream');
  const left = new AbortController();
  const events: ServerSentEvent[] = [];
  for await (const event of decodeEvents(stream.bytes(left.signal) as AsyncIterable<Uint8Array>)) {
    events.push(event);
    if ((await onEvent(event, events.length)) === 'leave') left.abort();
  }
  return events;
}

const dataOf = ({ data }: ServerSentEvent) => JSON.parse(data) as RunLogEvent;
const messages = (events: readonly ServerSentEvent[]) => events.filter(({ event }) => event === 'message');
const linesOf = (events: readonly ServerSentEvent[]) =>
  messages(events).flatMap((event) =>
    dataOf(event).lines.map(({ task, attempt, text }) => `${task} ${attempt} ${text}`),
  );
const endedOf = (events: readonly ServerSentEvent[]) => messages(events).flatMap((event) => dataOf(event).ended);

async function completeRun() {
  write('compile', 1, 'one', 'two');
  write('compile', 2, 'three');
  write('test', 1, 'four');
  await change('compile', {
    launch: 2,
    attempt: 2,
    status: 'successful',
    launch_1: { exit_code: 1, state: 'STOPPED' } as never,
  });
  await change('test', { launch: 1, attempt: 1, status: 'successful' });
  await change('report', { status: 'skipped' });
  await endRun();
}

describe('the logs of a run', () => {
  test('are those of all its tasks and attempts, to the end', async () => {
    await completeRun();
    const events = await follow();
    const lines = linesOf(events);
    expect(lines.filter((line) => line.startsWith('compile'))).toEqual([
      'compile 1 one',
      'compile 1 two',
      'compile 2 three',
    ]);
    expect(lines.filter((line) => line.startsWith('test'))).toEqual(['test 1 four']);
    expect(endedOf(events).sort()).toEqual(['compile', 'report', 'test']);
    expect(events.at(-1)?.event).toBe('end');
  });

  test('are told as they come: lines of tasks that run, and of those that begin meanwhile', async () => {
    await change('compile', { launch: 1, attempt: 1 });
    write('compile', 1, 'one');
    const steps: Record<string, () => unknown> = {
      one: () => write('compile', 1, 'two'),
      two: async () => {
        await change('compile', { status: 'successful' });
        await change('test', { launch: 1, attempt: 1 });
        write('test', 1, 'three');
      },
      three: async () => {
        await change('test', { status: 'successful' });
        await change('report', { status: 'skipped' });
        await endRun();
      },
    };
    const events = await follow(undefined, async (event) => {
      for (const { text } of event.event === 'message' ? dataOf(event).lines : []) await steps[text]?.();
    });
    expect(linesOf(events)).toEqual(['compile 1 one', 'compile 1 two', 'test 1 three']);
    expect(events.at(-1)?.event).toBe('end');
  });

  test('are taken up after any event: no line is lost or comes twice', async () => {
    await completeRun();
    const whole = messages(await follow());
    for (const [i, { id }] of whole.entries()) {
      const rest = await follow(id);
      expect(linesOf([...whole.slice(0, i + 1), ...rest]).sort()).toEqual(linesOf(whole).sort());
      expect(endedOf([...whole.slice(0, i + 1), ...rest]).sort()).toEqual(['compile', 'report', 'test']);
    }
  });

  test('are taken up in the middle of a log that goes on', async () => {
    await change('compile', { launch: 1, attempt: 1 });
    write('compile', 1, 'one', 'two');
    const begun = await follow(undefined, () => 'leave');
    expect(begun.at(-1)?.event).toBe('message');
    write('compile', 1, 'three');
    await change('compile', { status: 'successful' });
    await endRun();
    const rest = await follow(begun.at(-1)?.id);
    expect(linesOf([...begun, ...rest])).toEqual(['compile 1 one', 'compile 1 two', 'compile 1 three']);
  });

  test('that were removed are left out', async () => {
    await completeRun();
    await change('compile', { logs_removed: true });
    const events = await follow();
    expect(linesOf(events)).toEqual(['test 1 four']);
    expect(endedOf(events)).toContain('compile');
  });

  test('break off when one can’t be read, so that a client comes back for the rest', async () => {
    await completeRun();
    home.logs.read = async function* () {
      yield* [];
      throw new Error('throttled');
    };
    await expect(follow()).rejects.toThrow('throttled');
  });
});

test.each([
  ['an unknown run', `${runs}/7/logs`, {}, 404, 'run "7" does not exist'],
  ['a WebSocket', path, { upgrade: 'websocket' }, 406, 'Accept: text/event-stream'],
  ['a position that is none', path, { 'last-event-id': 'yesterday' }, 400, 'Last-Event-ID "yesterday"'],
  ['a position with a task too many', path, { 'last-event-id': 'AA~9.1.4' }, 400, 'Last-Event-ID "AA~9.1.4"'],
])('refuses %s', async (_, target, headers, status, said) => {
  const answer = await send(`GET ${target}`, { headers });
  expect(answer.status).toBe(status);
  expect(answer.json['message']).toContain(said);
});
