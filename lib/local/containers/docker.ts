/** Docker as an engine: few calls a task, and no container twice, whatever broke when. */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { ContainerInspectInfo, Container as DockerContainer } from 'dockerode';
import type { Terminal } from '../../ports/attach.ts';
import { logPath } from '../logs/logs.ts';
import { copyLog, type Exit } from './docker-copy.ts';
import { isUnreachable, statusOf, wordsOf } from './docker-error.ts';
import { execTerminal } from './docker-exec.ts';
import { createOptions, dataLabel, existingOf, nameOf } from './docker-options.ts';
import { Pulls } from './docker-pull.ts';
import type { Ended, Engine, Existing, Job, Watch, Work } from './engine.ts';

/** Between two tries to reach a Docker that was restarted, in milliseconds. */
const reconnect = 500;

export class DockerEngine implements Engine {
  readonly #docker: Docker;
  readonly #data: string;
  readonly #identity: string;
  readonly #pulls: Pulls;
  readonly #closed = new AbortController();
  /** Ids of the jobs whose stop Docker hasn't answered yet. */
  readonly #stopping = new Set<string>();
  /** Found out by the first start: Debian's Docker may come without `docker-init`. */
  #init = true;

  constructor(docker: Docker, data: string, identity: string) {
    this.#docker = docker;
    this.#data = data;
    this.#identity = identity;
    this.#pulls = new Pulls(docker);
    // Every container that runs listens for it.
    setMaxListeners(0, this.#closed.signal);
  }

  async existing(): Promise<Existing[]> {
    const filters = { label: [`${dataLabel}=${this.#identity}`] };
    return (await this.#docker.listContainers({ all: true, filters })).map(existingOf);
  }

  async run(work: Work, watch: Watch): Promise<Ended> {
    const container = this.#containerOf(work);
    try {
      if (work.alwaysPull) await this.#pull(work, watch);
      if (watch.stopped.aborted) return { at: Date.now() };
      if ((await this.#create(work, watch)) === 'exists' && (await container.inspect()).State.Status !== 'created') {
        return this.join(work, watch);
      }
    } catch (error) {
      if (error instanceof StartFailure) return { at: Date.now(), failure: error.message };
      if (watch.stopped.aborted) return { at: Date.now() };
      throw error;
    }
    if (watch.stopped.aborted) return { at: Date.now() };
    try {
      await container.start();
    } catch (error) {
      return this.#notStarted(work, watch, error);
    }
    return this.#watched(work, watch, Date.now());
  }

  async join(job: Job, watch: Watch): Promise<Ended> {
    const state = await this.#inspect(job);
    if (state === 'gone') return { at: Date.now() };
    return this.#watched(job, watch, Date.parse(state.StartedAt));
  }

  /** Docker sends SIGTERM each time that it is asked, so it is asked once, and again only where it has failed. */
  async stop(job: Job): Promise<void> {
    if (this.#stopping.has(job.id)) return;
    this.#stopping.add(job.id);
    void this.#untilStopped(job).finally(() => this.#stopping.delete(job.id));
  }

  async remove(job: Job): Promise<void> {
    try {
      await this.#containerOf(job).remove({ force: true, v: true });
    } catch (error) {
      // Gone, or going already.
      if (statusOf(error) !== 404 && statusOf(error) !== 409) throw error;
    }
  }

  open(job: Job, program: readonly string[]): Promise<Terminal> {
    return execTerminal(this.#containerOf(job), program, this.#closed.signal);
  }

  close() {
    this.#closed.abort();
  }

  async #create(work: Work, watch: Watch): Promise<'created' | 'exists'> {
    const create = () => this.#docker.createContainer(createOptions(work, this.#identity, this.#init));
    try {
      try {
        await create();
      } catch (error) {
        if (statusOf(error) !== 404) throw error;
        // The image is missing: asking for that before would cost every task a call.
        await this.#pull(work, watch);
        if (!watch.stopped.aborted) await create();
      }
      return 'created';
    } catch (error) {
      if (error instanceof StartFailure || statusOf(error) === undefined) throw error;
      if (statusOf(error) === 409) return 'exists';
      throw new StartFailure(`CannotCreateContainerError: ${wordsOf(error)}`);
    }
  }

  async #pull(work: Work, watch: Watch): Promise<void> {
    const { promise: stopped, resolve } = Promise.withResolvers<void>();
    watch.stopped.addEventListener('abort', () => resolve(), { once: true });
    try {
      await Promise.race([this.#pulls.pull(work.image, work.credentials), stopped]);
    } catch (error) {
      if (isUnreachable(error)) throw error;
      throw new StartFailure(`CannotPullContainerError: ${wordsOf(error)}`);
    }
  }

  /** A refused start is the task's failure. Without an answer only Docker knows: it is asked when it is back. */
  async #notStarted(work: Work, watch: Watch, error: unknown): Promise<Ended> {
    const status = statusOf(error);
    if (status === 304) return this.join(work, watch);
    if (status === undefined) {
      const state = await this.#inspect(work);
      return state !== 'gone' && state.Status === 'created' ? this.run(work, watch) : this.join(work, watch);
    }
    await this.remove(work);
    if (this.#init && /docker-init/.test(wordsOf(error))) {
      this.#init = false;
      return this.run(work, watch);
    }
    return { at: Date.now(), failure: `CannotStartContainerError: ${wordsOf(error)}` };
  }

  async #watched(job: Job, watch: Watch, startedAt: number): Promise<Ended> {
    watch.running(startedAt);
    if (watch.stopped.aborted) await this.stop(job);
    const path = logPath(this.#data, job.group);
    const exited = this.#exit(job);
    // A log that can't be stored must not lose the result.
    await copyLog(this.#containerOf(job), path, exited, this.#closed.signal).catch(() => {});
    const { code, at } = await exited;
    if (this.#closed.signal.aborted) return new Promise(() => {});
    if (code === 0) return { at, startedAt, exitCode: 0 };
    if (code === undefined) return { at, startedAt };
    const state = await this.#inspect(job);
    // Docker's own times once it is asked: a quick task may have ended before the answer to its start came.
    const times =
      state === 'gone'
        ? { at, startedAt }
        : { at: Date.parse(state.FinishedAt), startedAt: Date.parse(state.StartedAt) };
    return {
      ...times,
      exitCode: code,
      ...(state !== 'gone' && state.OOMKilled && { reason: 'OutOfMemoryError: Container killed due to memory usage' }),
    };
  }

  /** Outlives a restart of Docker. */
  async #exit(job: Job): Promise<Exit> {
    for (let lost = false; ; lost = true) {
      try {
        // The client takes the signal out of the options: new ones each time.
        const wait = { condition: 'not-running', abortSignal: this.#closed.signal } as const;
        const { StatusCode } = (await this.#containerOf(job).wait(wait)) as { StatusCode?: number };
        if (StatusCode !== undefined) return { code: StatusCode, at: Date.now(), lost };
      } catch (error) {
        if (statusOf(error) === 404) return { code: undefined, at: Date.now(), lost };
      }
      await this.#pause();
    }
  }

  /** Docker goes on with a stop also when nobody waits for its answer, which comes when the container has ended. */
  async #untilStopped(job: Job): Promise<void> {
    for (;;) {
      try {
        return await this.#containerOf(job).stop({ abortSignal: this.#closed.signal });
      } catch (error) {
        if (statusOf(error) === 304 || statusOf(error) === 404) return;
      }
      await this.#pause();
    }
  }

  async #inspect(job: Job): Promise<ContainerInspectInfo['State'] | 'gone'> {
    for (;;) {
      try {
        return (await this.#containerOf(job).inspect()).State;
      } catch (error) {
        if (statusOf(error) === 404) return 'gone';
      }
      await this.#pause();
    }
  }

  /** Never ends once the server has closed: nothing may be concluded any more. */
  async #pause() {
    await sleep(reconnect);
    if (this.#closed.signal.aborted) await new Promise(() => {});
  }

  #containerOf(job: Job): DockerContainer {
    return this.#docker.getContainer(nameOf(job));
  }
}

/** The task's own failure to start, told from a Docker that can't be reached. */
class StartFailure extends Error {}
