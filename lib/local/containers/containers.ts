/**
 * Containers on one machine with the words and promises of ECS: `runTask` is `ecs:runTask.sync`, and every container that
 * runs or stops is told as an event. Never two containers of one group, whatever was killed when.
 *
 * A stopped task is first stored, then told, then its container is removed: after a kill between any two of these the
 * next server repeats what is missing.
 */
import type Docker from 'dockerode';
import { ConflictError } from '../../errors.ts';
import type { Attach } from '../../ports/attach.ts';
import type { Container, Containers, TaskDefinition } from '../../ports/containers.ts';
import type { TaskStateChange } from '../../task/event.ts';
import { Definitions, nameOf } from './definitions.ts';
import {
  containerOf,
  type EcsTask,
  pendingTask,
  RunTaskError,
  resultOf,
  runningTask,
  stoppedTask,
} from './ecs-task.ts';
import { type Ended, type Engine, endOf, type Job } from './engine.ts';
import { jobId } from './identity.ts';
import { jobOf, type RunTaskRequest, workOf } from './request.ts';
import { Results, remembered } from './results.ts';
import { type ReadSecretOf, readSecrets, SecretMissingError } from './secrets.ts';
import { Telling } from './telling.ts';
import { untilDone } from './until-done.ts';

export interface LocalContainers extends Containers {
  /** Absent where tasks are processes. */
  readonly attach: Attach | undefined;
  /** Absent where tasks are processes. */
  readonly docker: Docker | undefined;
  /**
   * Starts the container of the request's group, or joins it when it is there already, and waits for its end.
   * Rejects as Step Functions fails the state: `States.TaskFailed` with the task as JSON, `AmazonECS.Unknown` when
   * nothing was started. An abort of `signal` stops the container.
   */
  runTask(request: RunTaskRequest, signal?: AbortSignal): Promise<EcsTask>;
  /** Takes up what an earlier server of this data folder left: watches its containers, tells their ends. */
  resume(): Promise<void>;
  /** Stops watching; containers go on running, for the next server to join. Nothing is told or answered any more. */
  close(): Promise<void>;
}

export type ContainersOptions = {
  /** The data folder. */
  readonly data: string;
  /** Identifies the data folder: see `identity.ts`. */
  readonly identity: string;
  readonly engine: Engine;
  /** What the engine starts containers with, if it does. */
  readonly docker?: Docker;
  /** Takes each event; called again until it succeeds. */
  readonly emit: (event: TaskStateChange) => Promise<void>;
  /** Told which container it is for: some get one of their own. */
  readonly readSecret: ReadSecretOf;
  /** Epoch milliseconds. */
  readonly now?: () => number;
};

type Tracked = {
  readonly job: Job;
  task: EcsTask;
  readonly stopped: AbortController;
  stopReason?: string;
  /** The stopped task; absent as long as nobody has started it. */
  end?: Promise<EcsTask>;
};

/** Between two looks for results that are too old. */
const sweepEvery = remembered / 6;
export class TaskContainers implements LocalContainers {
  readonly #options: ContainersOptions;
  readonly #engine: Engine;
  readonly #definitions: Definitions;
  readonly #results: Results;
  readonly #now: () => number;
  readonly #tracked = new Map<string, Tracked>();
  readonly #telling: Telling;
  #closed = false;
  readonly #sweeper: NodeJS.Timeout;
  #resumed: Promise<void> | undefined;

  constructor(options: ContainersOptions) {
    this.#options = options;
    this.#engine = options.engine;
    this.#definitions = new Definitions(options.data);
    this.#results = new Results(options.data);
    this.#telling = new Telling(options.emit);
    this.#now = options.now ?? Date.now;
    this.#sweeper = setInterval(() => this.#forget(), sweepEvery).unref();
  }

  readonly nameOf = nameOf;

  define(definition: TaskDefinition): Promise<string> {
    return this.#definitions.define(definition);
  }

  forget(name: string): Promise<void> {
    return this.#definitions.forget(name);
  }

  async list(run: string): Promise<Container[]> {
    await this.resume();
    return this.#containers().filter(({ group }) => group.startsWith(`${run}/`));
  }

  async listAll(): Promise<Container[]> {
    await this.resume();
    return this.#containers();
  }

  async stop(arn: string, reason: string): Promise<void> {
    await this.resume();
    const tracked = [...this.#tracked.values()].find(({ task }) => task.TaskArn === arn);
    if (!tracked || tracked.task.LastStatus === 'STOPPED') return;
    tracked.stopReason ??= reason;
    tracked.stopped.abort();
    if (tracked.task.LastStatus === 'RUNNING') await this.#engine.stop(tracked.job);
    // Made by an earlier server that was killed before it could start it: there is nothing to wait for.
    else if (!tracked.end) this.#keep(tracked, this.#settle(tracked, { at: this.#now() }));
  }

  get docker(): Docker | undefined {
    return this.#options.docker;
  }

  get attach(): Attach | undefined {
    const open = this.#engine.open?.bind(this.#engine);
    if (!open) return undefined;
    return {
      by: 'terminal',
      open: async (arn, program) => {
        const tracked = [...this.#tracked.values()].find(({ task }) => task.TaskArn === arn);
        if (tracked?.task.LastStatus !== 'RUNNING') throw new ConflictError('the container has stopped meanwhile');
        return open(tracked.job, program);
      },
    };
  }

  async runTask(request: RunTaskRequest, signal?: AbortSignal): Promise<EcsTask> {
    signal?.throwIfAborted();
    const tracked = await this.#start(request).catch((error: unknown) => {
      throw notStarted(error);
    });
    if (!signal) return resultOf(await tracked.end);
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abort = () => {
      reject(signal.reason);
      if (!this.#closed) {
        this.stop(tracked.task.TaskArn, 'Stopped with the execution that started it').catch(() => {});
      }
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    try {
      return resultOf(await Promise.race([tracked.end, aborted]));
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  resume(): Promise<void> {
    this.#resumed ??= this.#resume().catch((error: unknown) => {
      this.#resumed = undefined;
      throw error;
    });
    return this.#resumed;
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    this.#closed = true;
    this.#engine.close();
    await this.#telling.close();
  }

  async #start(request: RunTaskRequest): Promise<{ readonly task: EcsTask; readonly end: Promise<EcsTask> }> {
    const [definition] = await Promise.all([this.#definitions.get(request.TaskDefinition), this.resume()]);
    if (!definition) throw new Error(`task definition "${request.TaskDefinition}" does not exist`);
    const id = jobId(this.#options.identity, request.Group);
    const job = jobOf(request, id, definition);
    const tracked = this.#tracked.get(request.Group) ?? this.#track(job, this.#now());
    const end =
      tracked.end ??
      this.#keep(
        tracked,
        this.#run(tracked, () => this.#launch(request, tracked, definition)),
      );
    return { task: tracked.task, end };
  }

  async #launch(request: RunTaskRequest, tracked: Tracked, definition: TaskDefinition): Promise<Ended> {
    try {
      const secrets = await readSecrets(definition, (name) => this.#options.readSecret(name, request.Group));
      return await this.#engine.run(workOf(request, tracked.job, definition, secrets), this.#watch(tracked));
    } catch (error) {
      if (error instanceof SecretMissingError) return { at: this.#now(), failure: error.message };
      throw error;
    }
  }

  async #resume(): Promise<void> {
    const [results, existing] = await Promise.all([this.#results.recent(), this.#engine.existing()]);
    const ended = new Map(results.map((task) => [task.Group, task]));
    for (const task of ended.values()) {
      const job = { id: '', group: task.Group, cluster: '', definition: '', image: '' };
      this.#tracked.set(task.Group, { job, task, stopped: new AbortController(), end: Promise.resolve(task) });
    }
    for (const job of existing) {
      const task = ended.get(job.group);
      // Its container is still there, so nobody can be sure that its end was told.
      if (task) void this.#telling.stopped(task, () => this.#engine.remove(job));
      else {
        const tracked = this.#track(job, job.createdAt);
        if (job.begun)
          this.#keep(
            tracked,
            this.#run(tracked, () => this.#engine.join(job, this.#watch(tracked))),
          );
      }
    }
  }

  #track(job: Job, at: number): Tracked {
    const tracked: Tracked = { job, task: pendingTask({ ...job, at }), stopped: new AbortController() };
    this.#tracked.set(job.group, tracked);
    return tracked;
  }

  #keep(tracked: Tracked, end: Promise<EcsTask>): Promise<EcsTask> {
    tracked.end = end;
    // Those who wait are told by their own await; a resumed container may have nobody.
    end.catch(() => {});
    return end;
  }

  #watch(tracked: Tracked) {
    return {
      stopped: tracked.stopped.signal,
      running: (at: number) => {
        tracked.task = runningTask(tracked.task, at);
        this.#telling.runs(tracked.task, () => tracked.task.LastStatus === 'STOPPED');
      },
    };
  }

  async #run(tracked: Tracked, run: () => Promise<Ended>): Promise<EcsTask> {
    let ended: Ended;
    try {
      ended = await run();
    } catch (error) {
      this.#tracked.delete(tracked.job.group);
      throw notStarted(error);
    }
    return this.#settle(tracked, ended);
  }

  /** Resolves when the end was stored and told once; a handler that failed is asked again in the background. */
  async #settle(tracked: Tracked, ended: Ended): Promise<EcsTask> {
    const task = stoppedTask(tracked.task, endOf(ended, tracked.stopReason));
    const stored = await untilDone(
      () => this.#results.add(task),
      () => this.#closed,
    );
    // The next server finds the container, and tells its end.
    if (!stored || this.#closed) return unanswered;
    tracked.task = task;
    await this.#telling.stopped(task, () => this.#engine.remove(tracked.job));
    return task;
  }

  #containers(): Container[] {
    return [...this.#tracked.values()].map(({ task }) => containerOf(task));
  }

  #forget() {
    const now = this.#now();
    for (const [group, { task }] of this.#tracked) {
      if (task.StoppedAt !== undefined && task.StoppedAt < now - remembered) this.#tracked.delete(group);
    }
    this.#results.sweep(now).catch(() => {});
  }
}

/** What is awaited of a closed server. */
const unanswered = new Promise<never>(() => {});

function notStarted(error: unknown): RunTaskError {
  if (error instanceof RunTaskError) return error;
  return new RunTaskError('AmazonECS.Unknown', error instanceof Error ? error.message : String(error), {
    cause: error,
  });
}
