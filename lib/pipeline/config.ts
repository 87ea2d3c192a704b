/**
 * A pipeline config in its normalised form: what is stored, compiled and run. `schema.ts` makes it from what users write
 * (and from what Gofer's own clients send) and says what is wrong with it; nothing behind it checks again.
 */
export type ParentCondition = 'any' | 'success' | 'failure';

export type Retry = {
  /** Launches in all, the first included: 1 to 10. */
  readonly attempts: number;
  /** Seconds before the second attempt. */
  readonly interval: number;
  /** Each further interval is the one before times this; the product is capped at 1 h. */
  readonly rate: number;
  /** Only these exit codes are tried again; absent: every failure. */
  readonly exit_codes?: readonly number[];
};

export type TaskConfig = {
  readonly id: string;
  readonly description: string;
  readonly image: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly depends_on: Readonly<Record<string, ParentCondition>>;
  readonly variables: Readonly<Record<string, string>>;
  readonly inject_api_token: boolean;
  readonly always_pull_newest_image: boolean;
  readonly registry_auth?: { readonly user: string; readonly pass: string };
  /** CPU units (1024 = 1 vCPU): one of Fargate's sizes. */
  readonly cpu?: number;
  /** MiB: one of those that Fargate pairs with `cpu`. */
  readonly memory?: number;
  readonly architecture?: 'x86_64' | 'arm64';
  /** Seconds an attempt may run, from the moment its container runs. */
  readonly timeout?: number;
  readonly retry?: Retry;
  /** The task's failure stays visible but does not fail the run. */
  readonly allow_failure?: boolean;
  /** Seconds between SIGTERM and SIGKILL, at most 120. */
  readonly stop_timeout?: number;
  /** IAM role of its containers on AWS, in place of the pipeline's: a name or an ARN. */
  readonly role?: string;
};

export type PipelineConfig = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Runs at once; 0 = no limit of the pipeline's own. */
  readonly parallelism: number;
  /** Seconds a run may take from its start. */
  readonly timeout?: number;
  /** Cron expressions of five fields, in UTC: a run starts at each minute that one of them names. */
  readonly schedule?: readonly string[];
  /** IAM role that the containers of all tasks have on AWS: a name or an ARN. */
  readonly role?: string;
  readonly tasks: readonly TaskConfig[];
};
