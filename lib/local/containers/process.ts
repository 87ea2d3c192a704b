/** Tasks as plain processes, for a machine without Docker. Images, cpu and memory are ignored. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { logPath } from '../logs/logs.ts';
import { LogWriter } from '../logs/writer.ts';
import type { Ended, Engine, Existing, Job, Watch, Work } from './engine.ts';
import { type Running, read, write } from './process-files.ts';
import { isAlive, signal } from './process-identity.ts';
import { handOver } from './process-secrets.ts';

/** Between two looks at a process that an earlier server started, in milliseconds. */
const look = 100;

/** The wrapper beside this module: its source, or what the bundler made of it. */
export const wrapperPath = () => fileURLToPath(new URL(`./wrapper${extname(import.meta.url)}`, import.meta.url));

export class ProcessEngine implements Engine {
  readonly #data: string;
  readonly #scratch: string;
  readonly #wrappers = new Set<ChildProcess>();
  #closed = false;

  /** `scratch`: the folder in the data folder for what runs; two engines never share one. */
  constructor(data: string, scratch = 'scratch') {
    // The wrapper has a working directory of its own.
    this.#data = resolve(data);
    this.#scratch = join(this.#data, scratch);
  }

  async existing(): Promise<Existing[]> {
    const root = this.#scratch;
    await mkdir(root, { recursive: true });
    const found: Existing[] = [];
    for (const id of await readdir(root)) {
      const folder = join(root, id);
      const spec = read(folder, 'spec.json');
      if (spec) found.push({ ...spec, begun: read(folder, 'wrapper.json') !== undefined });
      // Its server was killed before it had written what to run.
      else await rm(folder, { recursive: true, force: true });
    }
    return found;
  }

  async run(work: Work, watch: Watch): Promise<Ended> {
    const argv = [...(work.entrypoint ?? []), ...(work.command ?? [])];
    if (argv.length === 0) return { at: Date.now(), failure: noCommand };
    const folder = this.#folder(work);
    await mkdir(join(folder, 'work'), { recursive: true });
    const { id, group, cluster, definition, image, stopTimeout } = work;
    const environment = { ...ownVariables(), ...work.environment };
    const log = logPath(this.#data, group);
    const job = { id, group, cluster, definition, image, createdAt: Date.now() };
    write(folder, 'spec.json', { ...job, argv, environment, stopTimeout, log });
    if (watch.stopped.aborted) return { at: Date.now() };
    const wrapper = spawn(process.execPath, [wrapperPath(), folder], {
      cwd: folder,
      detached: true,
      // Node keeps what it compiled: the second wrapper starts in half the time of the first.
      env: {
        ...ownVariables(),
        NODE_COMPILE_CACHE: join(this.#data, 'cache'),
      },
      stdio: ['pipe', 'ignore', 'ignore', 'ipc'],
    });
    handOver(work.secrets ?? {}, wrapper);
    this.#wrappers.add(wrapper);
    wrapper.once('message', ({ running }: Running) => this.#runs(work, watch, running));
    await exit(wrapper);
    this.#wrappers.delete(wrapper);
    if (this.#closed) return new Promise(() => {});
    // If another wrapper has claimed the task, this one has ended at once, and the task goes on.
    return read(folder, 'result.json') ?? this.join(work, watch);
  }

  async join(job: Job, watch: Watch): Promise<Ended> {
    const folder = this.#folder(job);
    const wrapper = read(folder, 'wrapper.json');
    let told = false;
    for (;;) {
      const result = read(folder, 'result.json');
      if (result) return result;
      if (!wrapper || !isAlive(wrapper)) return read(folder, 'result.json') ?? this.#lost(job);
      const task = read(folder, 'task.json');
      if (task && !told) this.#runs(job, watch, task.startedAt);
      told = task !== undefined;
      await sleep(look);
      if (this.#closed) return new Promise(() => {});
    }
  }

  async stop(job: Job): Promise<void> {
    const wrapper = read(this.#folder(job), 'wrapper.json');
    if (wrapper) signal(wrapper, 'SIGTERM', 'process');
  }

  async remove(job: Job): Promise<void> {
    await rm(this.#folder(job), { recursive: true, force: true, maxRetries: 3 });
  }

  close() {
    this.#closed = true;
    // They outlive this process, which need not wait for them.
    for (const wrapper of this.#wrappers) {
      wrapper.unref();
      wrapper.channel?.unref();
    }
  }

  #runs(job: Job, watch: Watch, at: number) {
    if (this.#closed) return;
    watch.running(at);
    if (watch.stopped.aborted) void this.stop(job);
  }

  /** The wrapper was killed, or the machine was switched off: nobody reads the task's outputs any more. */
  async #lost(job: Job): Promise<Ended> {
    const task = read(this.#folder(job), 'task.json');
    if (task) signal(task, 'SIGKILL', 'group');
    const log = await LogWriter.open(logPath(this.#data, job.group));
    await log?.end(Date.now());
    return { at: Date.now(), ...(task && { startedAt: task.startedAt }) };
  }

  #folder(job: Job) {
    return join(this.#scratch, job.id);
  }
}

const noCommand =
  'CannotStartContainerError: no command: without Docker the image is ignored, so the task needs an entrypoint or a command';

/** All of this machine's variables that a task gets, as little as a container would have. */
function ownVariables(): Record<string, string> {
  const { HOME, PATH } = process.env;
  return { ...(HOME !== undefined && { HOME }), ...(PATH !== undefined && { PATH }) };
}

const exit = (child: ChildProcess) =>
  new Promise<void>((resolve, reject) => {
    child.once('exit', () => resolve());
    child.once('error', reject);
  });
