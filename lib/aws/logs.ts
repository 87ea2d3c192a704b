/** Logs in CloudWatch Logs: one stream an attempt, named by its container. */
import { setTimeout } from 'node:timers/promises';
import {
  type CloudWatchLogsClient,
  DeleteLogStreamCommand,
  GetLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import { extensionsLog } from '../extension/place.ts';
import type { LogLine, LogReading, LogStream, Logs } from '../ports/logs.ts';
import { type ExtensionItem, extensionKey } from '../store/items/extension.ts';
import { taskKey } from '../store/items/run.ts';
import type { Table } from '../store/table.ts';
import { parseRunName } from '../task/group.ts';
import { factsOf, type TaskItem } from '../task/task.ts';
import { createPace } from './pace.ts';
import { containerName, streamPrefix } from './task-definition.ts';

/** A follower asks every second while lines come, and ever more slowly while none do. */
const fastest = 1_000;
const slowest = 5_000;

/**
 * Calls a second by one process. An account has 25: a run with many tasks, which one process follows, must leave some to
 * others.
 */
const callsPerSecond = 5;

/**
 * Milliseconds of a log that are read again for who asks for what comes before a line. A reader comes back every five
 * minutes, to a log of any length: so much costs 3 % more calls, and lines that belong together are written within it.
 */
const lookBack = 10_000;

/** CloudWatch shows a line some seconds after the container wrote it: that many empty answers end a log. */
const quietAnswers = 2;

export type LogSettings = {
  readonly logGroup: string;
  /** Waits; milliseconds. Tests don't. */
  readonly pause?: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;
  /** Waits until the next call may be made, whichever log it is for. */
  readonly turn?: (signal?: AbortSignal) => Promise<void>;
};

export function createLogs(client: CloudWatchLogsClient, table: Table, settings: LogSettings): Logs {
  const { logGroup: logGroupName, pause = (ms, signal) => setTimeout(ms, undefined, { signal }) } = settings;
  const { turn = createPace(callsPerSecond) } = settings;

  /** `undefined` until the container's ARN is known. */
  async function nameOf({ run, task, launch }: LogStream): Promise<string | undefined> {
    const id = (await arnOf({ run, task, launch }))?.split('/').at(-1);
    return id && `${streamPrefix}/${containerName}/${id}`;
  }

  async function arnOf({ run, task, launch }: LogStream): Promise<string | undefined> {
    if (run === extensionsLog) {
      const { seen } = ((await table.get(extensionKey(task))) as ExtensionItem | undefined) ?? {};
      return seen?.since === launch ? seen.arn : undefined;
    }
    const parts = parseRunName(run);
    if (!parts) return undefined;
    const item = (await table.get(taskKey(parts.uid, parts.number, task))) as TaskItem | undefined;
    return factsOf(item, launch)?.arn;
  }

  return {
    async *read(stream, { after, past, follow = false, ended, signal } = {}) {
      const cursor = new Cursor(after, past);
      let logStreamName: string | undefined;
      let nextToken: string | undefined;
      let quiet = 0;
      let interval = fastest;
      while (!signal?.aborted) {
        // Asked before reading: whatever was written before the end is then in the answer, or in one of the next.
        const over = !follow || ((await ended?.()) ?? false);
        logStreamName ??= await nameOf(stream);
        if (logStreamName) await turn(signal);
        const page = logStreamName
          ? await pageOf(client, { logGroupName, logStreamName, nextToken, cursor })
          : undefined;
        yield* page?.lines ?? [];
        const more = page !== undefined && page.token !== nextToken;
        nextToken = page?.token ?? nextToken;
        if (more) {
          quiet = 0;
          interval = fastest;
          continue;
        }
        quiet += 1;
        if (over && (!follow || quiet >= quietAnswers)) return;
        await pause(interval, signal).catch(() => undefined);
        interval = Math.min(interval * 2, slowest);
      }
    },
    async remove(stream) {
      const logStreamName = await nameOf(stream);
      if (!logStreamName) return;
      try {
        await client.send(new DeleteLogStreamCommand({ logGroupName, logStreamName }));
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
      }
    },
  };
}

type Page = { readonly lines: LogLine[]; readonly token: string | undefined };

/** `undefined`: the stream isn't there (yet). */
async function pageOf(
  client: CloudWatchLogsClient,
  { cursor, ...where }: { logGroupName: string; logStreamName: string; nextToken: string | undefined; cursor: Cursor },
): Promise<Page | undefined> {
  try {
    const get = new GetLogEventsCommand({ ...where, startFromHead: true, startTime: cursor.startTime });
    const { events = [], nextForwardToken } = await client.send(get);
    const lines = events.flatMap(({ timestamp = 0, message = '' }) => cursor.take(timestamp, message));
    return { lines, token: nextForwardToken };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/**
 * GetLogEvents gives a line no id. It returns lines ordered by time, so `<time>-<how many of that millisecond came
 * before>` is one: reading resumes at the time, or some time before it, and passes over what was seen.
 */
class Cursor {
  readonly startTime: number | undefined;
  readonly #after: string;
  readonly #past: LogReading['past'];
  #time = -1;
  #count = 0;

  constructor(after: string | undefined, past: LogReading['past']) {
    const [, time, count] = /^(\d+)-(\d+)$/.exec(after ?? '') ?? [];
    this.#past = past;
    this.#after = time && count ? idOf(Number(time), Number(count)) : '';
    this.startTime = time ? Math.max(0, Number(time) - (past ? lookBack : 0)) : undefined;
  }

  /** Nothing when the reader has the line already. */
  take(time: number, message: string): LogLine[] {
    this.#count = time === this.#time ? this.#count + 1 : 0;
    this.#time = time;
    const id = idOf(time, this.#count);
    // The driver ends lines itself and doesn't tell the two outputs apart.
    const line: LogLine = { id, time, source: 'stdout', data: Buffer.from(message), complete: true };
    if (id > this.#after) return [line];
    this.#past?.(line);
    return [];
  }
}

const idOf = (time: number, count: number): string =>
  `${String(time).padStart(13, '0')}-${String(count).padStart(8, '0')}`;
