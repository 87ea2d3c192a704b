import type { Duration } from '../pipeline/duration.ts';
import type { Size } from '../pipeline/size.ts';
import { type Condition, conditionsOf, type DependsOn, type ParentsOf } from './depends-on.ts';

/** When and how often a failed task is tried again. */
export type RetryOptions = {
  /** Launches in all, the first included: 1 to 10. */
  readonly attempts: number;
  /** Before the second attempt; at most 1h. Default 10s. */
  readonly interval?: Duration;
  /** Each further interval is the one before times this: 1 to 10. Default 2. */
  readonly rate?: number;
  /** Only these exit codes are tried again. Default: every failure. */
  readonly exit_codes?: readonly number[];
};

type Fields = {
  readonly description?: string;
  /** `[registry/]name[:tag][@digest]` */
  readonly image: string;
  /** Replaces the image's entrypoint. */
  readonly entrypoint?: readonly string[];
  /** Replaces the image's command: a program and its arguments. For shell syntax: `['sh', '-c', 'echo one && echo two']`. */
  readonly command?: readonly string[];
  /** Environment variables; names become upper case. Values may be secrets and objects. */
  readonly variables?: { readonly [name: string]: string; readonly [reserved: `GOFER_${string}`]: never };
  /** Puts an API token into GOFER_TOKEN, good for this run only. */
  readonly inject_api_token?: boolean;
  /** Pulls the image even when it is there. On AWS it always is. */
  readonly always_pull_newest_image?: boolean;
  readonly registry_auth?: { readonly user: string; readonly pass: string };
  readonly architecture?: 'x86_64' | 'arm64';
  /** How long an attempt may run, from the moment its container runs; at most 7d. Default 24h. */
  readonly timeout?: Duration;
  readonly retry?: RetryOptions;
  /** The task's failure stays visible but does not fail the run. */
  readonly allow_failure?: boolean;
  /** From SIGTERM to SIGKILL: 2s to 120s. */
  readonly stop_timeout?: Duration;
  /** IAM role of its containers on AWS, in place of the pipeline's: a name or an ARN. */
  readonly role?: string;
};

/** `cpu` and `memory` go together as Fargate has them: see `Size`. */
export type TaskOptions<Id extends string = string, D extends DependsOn = DependsOn> = Fields &
  Size & {
    /** 3 to 32 letters, digits, hyphens and underscores; unique in its pipeline. */
    readonly id: Id;
    /** The tasks that must be complete before this one is considered. */
    readonly depends_on?: D;
  };

/** A task, for the `tasks` of a pipeline and the `depends_on` of other tasks. Plain data. */
export type Task<Id extends string = string, Parents extends string = string> = Omit<
  WrittenTask,
  'id' | 'depends_on'
> & {
  readonly id: Id;
  readonly depends_on: { readonly [P in Parents]: Condition };
};

/** A task as a pipeline takes it: from `task`, or written in place. */
export type WrittenTask = Fields & {
  readonly id: string;
  readonly cpu?: number;
  readonly memory?: number;
  readonly depends_on?: { readonly [id: string]: Condition };
};

/**
 * One container of a pipeline. Its id and those it depends on are known to the compiler, so that `pipeline` refuses a task
 * that waits for one that isn't there.
 *
 * @example
 * const test = task({
 *   id: 'test',
 *   image: 'node:24',
 *   command: ['npm', 'test'],
 *   depends_on: [build],
 *   cpu: 1024,
 *   memory: 2048,
 *   timeout: '20m',
 *   retry: { attempts: 3, interval: '30s', exit_codes: [75] },
 * });
 */
// biome-ignore lint/complexity/noBannedTypes: `{}` is exactly meant: no dependency at all.
export function task<const Id extends string, const D extends DependsOn = {}>(
  options: TaskOptions<Id, D>,
): Task<Id, ParentsOf<D>> {
  const depends_on = conditionsOf(options.depends_on ?? {}) as Task<Id, ParentsOf<D>>['depends_on'];
  return { ...options, depends_on };
}
