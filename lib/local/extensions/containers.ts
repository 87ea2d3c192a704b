/** Extensions in the containers or processes of this machine: the engine of tasks, and a network address besides. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { extensionsLog as folder } from '../../extension/place.ts';
import type {
  ExtensionContainer,
  ExtensionContainers,
  ExtensionPlace,
  ExtensionWork,
} from '../../ports/extension-containers.ts';
import type { LogStream } from '../../ports/logs.ts';
import { type Ended, type Engine, endOf, type Job } from '../containers/engine.ts';
import { jobId } from '../containers/identity.ts';

/** How extensions of one kind of container are reached, and reach the API. */
export type Reach = {
  readonly engine: Engine;
  /** Where the next extension is to listen, and where it finds the API. */
  place(): Promise<ExtensionPlace>;
  /** Where the server reaches the container that runs, given where it listens. */
  urlOf(job: Job, place: ExtensionPlace): Promise<string>;
  /** The port in the container that is to be reached from this machine. Absent: it has this machine's own network. */
  readonly publish?: number;
};

export type ExtensionContainersOptions = {
  /** The data folder. */
  readonly data: string;
  readonly identity: string;
  /** Made when it is first needed: most servers have no extension. */
  readonly reach: () => Promise<Reach>;
  readonly now: () => number;
};

/** Seconds between SIGTERM and SIGKILL. */
const stopTimeout = 10;

/** Logs of an extension's last starts that are kept. */
const keptLogs = 3;

type Live = { readonly job: Job; readonly stopped: AbortController; readonly end: Promise<Ended> };

export class LocalExtensionContainers implements ExtensionContainers {
  readonly #options: ExtensionContainersOptions;
  readonly #live = new Map<string, Live>();
  #reach: Promise<Reach> | undefined;
  #last = 0;

  constructor(options: ExtensionContainersOptions) {
    this.#options = options;
  }

  async start(work: ExtensionWork): Promise<ExtensionContainer> {
    const { engine, publish, place: find, urlOf } = await this.#connect();
    await this.stop(work.id);
    await this.#prune(work.id);
    const { id, image, entrypoint, command, secrets, credentials } = work;
    const place = await find();
    const job = this.#jobOf(id, image);
    const stopped = new AbortController();
    const { promise: running, resolve } = Promise.withResolvers<'running'>();
    const request = {
      ...job,
      ...(entrypoint && { entrypoint }),
      ...(command && { command }),
      ...(publish !== undefined && { publish }),
      environment: work.environment(place),
      secrets,
      ...(credentials && { credentials }),
      stopTimeout,
      alwaysPull: false,
    };
    const end = engine.run(request, { running: () => resolve('running'), stopped: stopped.signal });
    this.#live.set(id, { job, stopped, end });
    const ended = end.then(reasonOf, (error: unknown) => (error instanceof Error ? error.message : String(error)));
    const first = await Promise.race([running, ended]);
    if (first !== 'running') throw new Error(first);
    return { url: await urlOf(job, place), ended };
  }

  async stop(id: string): Promise<void> {
    const live = this.#live.get(id);
    if (!live) return;
    const { engine } = await this.#connect();
    live.stopped.abort();
    await engine.stop(live.job);
    await live.end.catch(() => undefined);
    await engine.remove(live.job);
    if (this.#live.get(id) === live) this.#live.delete(id);
  }

  async clear(): Promise<void> {
    const { engine } = await this.#connect();
    const clear = async (job: Job & { readonly begun: boolean }) => {
      await engine.stop(job);
      if (job.begun) await engine.join(job, { running: () => undefined, stopped: AbortSignal.abort() });
      await engine.remove(job);
    };
    await Promise.all((await engine.existing()).map(clear));
  }

  async log(id: string): Promise<LogStream | undefined> {
    const launch = (await this.#launches(id)).at(-1);
    return launch === undefined ? undefined : { run: folder, task: id, launch };
  }

  async forget(id: string): Promise<void> {
    await rm(this.#logs(id), { recursive: true, force: true });
  }

  /** Launches are named by their time, so that a log of before is never written on. */
  #jobOf(id: string, image: string): Job {
    this.#last = Math.max(this.#options.now(), this.#last + 1);
    const group = `${folder}/${id}/${this.#last}`;
    return { id: jobId(this.#options.identity, group), group, cluster: folder, definition: id, image };
  }

  #connect(): Promise<Reach> {
    this.#reach ??= this.#options.reach().catch((error: unknown) => {
      this.#reach = undefined;
      throw error;
    });
    return this.#reach;
  }

  async #launches(id: string): Promise<number[]> {
    const names = await readdir(this.#logs(id)).catch(() => []);
    return names.flatMap((name) => Number(/^(\d+)\.log$/.exec(name)?.[1] ?? [])).sort((a, b) => a - b);
  }

  async #prune(id: string): Promise<void> {
    for (const launch of (await this.#launches(id)).slice(0, 1 - keptLogs))
      await rm(join(this.#logs(id), `${launch}.log`), { force: true });
  }

  #logs(id: string): string {
    return join(this.#options.data, 'logs', folder, id);
  }
}

/** Why it does not run any more, in words for people. */
function reasonOf(ended: Ended): string {
  const { reason, exitCode, stoppedReason } = endOf(ended, undefined);
  if (exitCode === undefined) return reason ?? stoppedReason;
  return `it ended with exit code ${exitCode}${reason ? ` (${reason})` : ''}`;
}
