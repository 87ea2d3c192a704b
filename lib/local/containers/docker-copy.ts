/** Copies a container's log into our file while it runs, and makes sure of all of it when it has ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Container as DockerContainer } from 'dockerode';
import { LogWriter } from '../logs/writer.ts';
import { countFrames, DockerLog } from './docker-log.ts';

/** A stream that brings nothing for so many milliseconds after the container's exit is given up and read again. */
const hung = 5_000;
/** Readings of the whole log after the exit before the log is closed with what there is. */
const attempts = 3;

/** Frames at the end of a log that are looked at again. */
const lastFrames = 50;
/** Between two tries to read a log whose container still runs, in milliseconds. */
const reconnect = 500;

/** `lost`: the connection to Docker was, so that a stream may have ended for that reason. */
export type Exit = { readonly code: number | undefined; readonly at: number; readonly lost: boolean };

/** Resolves when the log is stored and marked as ended, or the server closes. */
export async function copyLog(container: DockerContainer, path: string, exited: Promise<Exit>, closed: AbortSignal) {
  const writer = await LogWriter.open(path);
  if (!writer) return;
  const { promise: closing, resolve: close } = Promise.withResolvers<undefined>();
  closed.addEventListener('abort', () => close(undefined), { once: true });
  let over = false;
  const exit = exited.then((exit) => {
    over = true;
    return exit;
  });
  for (let left = attempts; left > 0 && !closed.aborted; ) {
    const wasOver = over;
    const log = await readAll(container, writer, exit, closed);
    if (log) {
      const end = await Promise.race([exit, closing]);
      if (end && (wasOver || !end.lost)) {
        await writer.write(log.end());
        break;
      }
    } else if (over) left--;
    else await Promise.race([exit, closing, sleep(reconnect)]);
  }
  if (closed.aborted) await writer.close();
  else await writer.end(Date.now());
}

/** `undefined`: the stream broke off or hung. */
async function readAll(container: DockerContainer, writer: LogWriter, exit: Promise<Exit>, closed: AbortSignal) {
  const hanging = new AbortController();
  let moved = true;
  let timer: NodeJS.Timeout | undefined;
  let done = false;
  void exit.then(() => {
    if (done) return;
    timer = setInterval(() => {
      if (!moved) hanging.abort();
      moved = false;
    }, hung).unref();
  });
  const abortSignal = AbortSignal.any([hanging.signal, closed]);
  const log = new DockerLog();
  writer.restart();
  try {
    const stream = await container.logs({ follow: true, stdout: true, stderr: true, timestamps: true, abortSignal });
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      moved = true;
      await writer.write(log.feed(chunk));
    }
    const missed = log.catchUp(...(await endOf(container, abortSignal)));
    if (!missed) return undefined;
    await writer.write(missed);
    return log;
  } catch {
    return undefined;
  } finally {
    done = true;
    clearInterval(timer);
  }
}

/**
 * Docker may end a stream before the container's last lines are out (moby does when they come with its exit), so its
 * file is asked once more, for the last frames only. Usually the container's exit isn't told yet, and nobody waits.
 */
async function endOf(container: DockerContainer, abortSignal: AbortSignal): Promise<[end: Buffer, whole: boolean]> {
  const end = await container.logs({ tail: lastFrames, stdout: true, stderr: true, timestamps: true, abortSignal });
  return [end, countFrames(end) < lastFrames];
}
