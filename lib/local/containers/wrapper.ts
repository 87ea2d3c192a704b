/**
 * Runs one task as a process, in a process of its own that survives the server: it writes the log and the exit code
 * itself, and stops the task on SIGTERM. Started with the task's folder as its only argument.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, openSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { Lines } from '../logs/lines.ts';
import { Records } from '../logs/record.ts';
import { claim, type Result, type Running, read, type Spec, write } from './process-files.ts';
import { identify } from './process-identity.ts';
import { takeOver } from './process-secrets.ts';
import { NotStartedError, startTask } from './process-start.ts';

/** What the task left running may hold its outputs open: so long is waited for their last bytes, in milliseconds. */
const lastBytes = 500;

const folder = process.argv[2] ?? '';
let stopping = false;
let stopTask = () => {};
process.on('SIGTERM', () => {
  if (stopping) return;
  stopping = true;
  stopTask();
});
// A terminal's Ctrl-C is the server's business.
for (const name of ['SIGINT', 'SIGHUP'] as const) process.on(name, () => {});

const secrets = takeOver();
const spec = read(folder, 'spec.json');
const own = identify(process.pid);
// Its server was killed as it started it, another wrapper has the task, or it was removed before it began.
if (!secrets || !spec || !own || !claim(folder, 'wrapper.json', own)) process.exit();
run(spec, secrets);

function run(spec: Spec, secrets: Readonly<Record<string, string>>) {
  const log = openLog(spec.log);
  if (stopping) return end(log, { at: Date.now() });
  let child: ReturnType<typeof startTask>;
  try {
    child = startTask(folder, spec, secrets);
  } catch (error) {
    if (error instanceof NotStartedError) return end(log, { at: Date.now(), failure: error.message });
    throw error;
  }
  const startedAt = Date.now();
  child.once('error', (error) => {
    if (child.pid !== undefined) return;
    // As a container's init process says and counts it.
    log.write('stderr', Buffer.from(`exec ${spec.argv[0]} failed: ${error.message}\n`));
    const missing = 'code' in error && error.code === 'ENOENT';
    end(log, { at: Date.now(), startedAt, exitCode: missing ? 127 : 126 });
  });
  if (child.pid === undefined) return;
  const task = identify(child.pid) ?? { pid: child.pid, start: '' };
  write(folder, 'task.json', { ...task, startedAt });
  if (process.connected) process.send?.({ running: startedAt } satisfies Running, () => {});
  const group = child.pid;
  stopTask = () => {
    kill(group, 'SIGTERM');
    setTimeout(() => kill(group, 'SIGKILL'), spec.stopTimeout * 1000);
  };
  if (stopping) stopTask();
  child.stdout.on('data', (bytes: Buffer) => log.write('stdout', bytes));
  child.stderr.on('data', (bytes: Buffer) => log.write('stderr', bytes));
  ended(child, (code, signal) => {
    // As a container's other processes end with its first one.
    kill(group, 'SIGKILL');
    const exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
    end(log, { at: Date.now(), startedAt, exitCode });
  });
}

function ended(child: ChildProcess, then: (code: number | null, signal: NodeJS.Signals | null) => void) {
  child.once('exit', (code, signal) => {
    const timer = setTimeout(() => then(code, signal), lastBytes);
    child.once('close', () => {
      clearTimeout(timer);
      then(code, signal);
    });
  });
}

function end(log: ReturnType<typeof openLog>, result: Result) {
  log.end();
  write(folder, 'result.json', result);
  process.exit();
}

/** Written synchronously: a task that writes faster than the disk waits, and nothing is kept in memory. */
function openLog(path: string) {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a');
  const records = new Records();
  const lines = { stdout: new Lines('stdout', records), stderr: new Lines('stderr', records) };
  const flush = () => {
    for (let bytes = records.take(); bytes.length > 0; ) bytes = bytes.subarray(writeSync(file, bytes));
  };
  return {
    write: (source: 'stdout' | 'stderr', bytes: Buffer) => {
      lines[source].push(bytes, Date.now());
      flush();
    },
    end: () => {
      lines.stdout.end();
      lines.stderr.end();
      records.end(Date.now());
      flush();
    },
  };
}

function kill(group: number, signal: NodeJS.Signals) {
  try {
    process.kill(-group, signal);
  } catch {
    // Nobody is left in it.
  }
}
