/** What starts containers on one machine: Docker, or plain processes. `containers.ts` does the rest for both. */

import type { Terminal } from '../../ports/attach.ts';
import type { End } from './ecs-task.ts';

/** A container that has been asked for. */
export type Job = {
  /** 32 hexadecimal digits, made of the data folder's identity and the group: the same job always has the same. */
  readonly id: string;
  readonly group: string;
  readonly cluster: string;
  readonly definition: string;
  readonly image: string;
};

/** All that is needed to start it. */
export type Work = Job & {
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Variables too, whose values must lie in no file. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** What the image is pulled with; absent: what Docker itself knows. */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** CPU units: 1024 is one processor. */
  readonly cpu?: number;
  /** MiB. */
  readonly memory?: number;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly stopTimeout: number;
  readonly alwaysPull: boolean;
  /** A port in the container that this machine, and nobody else, is to reach (Docker; processes have its own network). */
  readonly publish?: number;
};

/** A job whose container exists. */
export type Existing = Job & {
  readonly createdAt: number;
  /** False: made, and not started. */
  readonly begun: boolean;
};

/** What an engine saw of a container's end; times are epoch milliseconds. */
export type Ended = {
  readonly at: number;
  readonly startedAt?: number;
  /** Absent: it never ran, or its end is lost. */
  readonly exitCode?: number;
  /** It could not be started, in ECS's words: `CannotPullContainerError: …`. */
  readonly failure?: string;
  /** What went wrong beside the exit code, in ECS's words: `OutOfMemoryError: …`. */
  readonly reason?: string;
};

/** The same in the words of ECS. `stopReason`: somebody stopped it. */
export function endOf(ended: Ended, stopReason: string | undefined): End {
  const { failure, ...end } = ended;
  if (failure !== undefined) {
    return { ...end, reason: failure, stopCode: 'TaskFailedToStart', stoppedReason: failure };
  }
  if (stopReason !== undefined) return { ...end, stopCode: 'UserInitiated', stoppedReason: stopReason };
  const lost = end.exitCode === undefined;
  return {
    ...end,
    stopCode: 'EssentialContainerExited',
    stoppedReason: lost ? 'The container is gone, and its exit code with it' : 'Essential container in task exited',
  };
}

export type Watch = {
  /** Called once, when the container runs. */
  readonly running: (at: number) => void;
  /** Aborted by a stop: what has not been started must not be started. */
  readonly stopped: AbortSignal;
};

export interface Engine {
  /** All jobs of this data folder whose containers exist, ended ones too. Rejects when the engine can't be reached. */
  existing(): Promise<Existing[]>;
  /**
   * Starts the container, or joins the job's container if it is there already. Resolves when it has ended and its log is
   * stored. Rejects only when nothing was started.
   */
  run(work: Work, watch: Watch): Promise<Ended>;
  /** Goes on with a container that an earlier server started. */
  join(job: Job, watch: Watch): Promise<Ended>;
  /** SIGTERM, then SIGKILL after the stop timeout; returns when that is under way. Repeated, it sends no second SIGTERM. */
  stop(job: Job): Promise<void>;
  /** Removes what is left of an ended or never started container; one that is gone is removed already. */
  remove(job: Job): Promise<void>;
  /** Runs a program in the job's container, with a terminal. Absent: there are no containers to go into. */
  open?(job: Job, program: readonly string[]): Promise<Terminal>;
  /** Stops watching. Containers go on, and what is awaited stays unanswered. */
  close(): void;
}
