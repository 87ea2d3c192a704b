/**
 * The API's answers as the contract names them. Times are epoch milliseconds, 0 = not yet. Fields that this project adds
 * to the contract are optional, so that the client also reads the answers of an original Gofer server.
 */
export type Namespace = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly created: number;
  readonly modified: number;
};

export type PipelineState = 'unknown' | 'active' | 'disabled';

export type Pipeline = {
  readonly namespace_id: string;
  readonly pipeline_id: string;
  readonly created: number;
  readonly modified: number;
  readonly state: PipelineState;
};

export type ParentStatus = 'unknown' | 'any' | 'success' | 'failure';

export type Variable = {
  readonly key: string;
  readonly value: string;
  readonly source: 'unknown' | 'pipeline_config' | 'system' | 'run_options' | 'extension';
};

export type Task = {
  readonly id: string;
  readonly description: string;
  readonly image: string;
  readonly depends_on: Readonly<Record<string, ParentStatus>>;
  readonly variables: readonly Variable[];
  readonly entrypoint?: readonly string[] | null;
  readonly command?: readonly string[] | null;
  readonly inject_api_token: boolean;
  readonly always_pull_newest_image: boolean;
  readonly allow_failure?: boolean;
  readonly retry?: { readonly attempts: number } | null;
};

export type Config = {
  readonly namespace_id: string;
  readonly pipeline_id: string;
  readonly version: number;
  readonly parallelism: number;
  readonly name: string;
  readonly description: string;
  readonly tasks: Readonly<Record<string, Task>>;
  readonly state: 'unknown' | 'unreleased' | 'live' | 'deprecated';
  readonly registered: number;
  readonly deprecated: number;
};

export type Reason = { readonly reason: string; readonly description: string };

export type Deployment = {
  readonly namespace_id: string;
  readonly pipeline_id: string;
  readonly deployment_id: number;
  readonly start_version: number;
  readonly end_version: number;
  readonly started: number;
  readonly ended: number;
  readonly state: 'Unknown' | 'Running' | 'Complete';
  readonly status: 'Unknown' | 'Failed' | 'Successful';
  readonly status_reason?: Reason | null;
};

export type RunStatus = 'unknown' | 'failed' | 'successful' | 'cancelled';

export type Run = {
  readonly namespace_id: string;
  readonly pipeline_id: string;
  readonly pipeline_config_version: number;
  readonly run_id: number;
  readonly started: number;
  readonly ended: number;
  readonly state: 'unknown' | 'pending' | 'running' | 'complete';
  readonly status: RunStatus;
  readonly status_reason?: Reason | null;
  readonly initiator: { readonly id: string; readonly user: string };
  readonly variables: readonly Variable[];
  /** Place among the pending runs of its pipeline, from 1. */
  readonly queue_position?: number | null;
};

export type Attempt = {
  readonly attempt: number;
  readonly started?: number;
  readonly ended?: number;
  readonly exit_code?: number | null;
};

export type TaskStatus = RunStatus | 'skipped';

export type TaskExecution = {
  readonly namespace_id: string;
  readonly pipeline_id: string;
  readonly run_id: number;
  readonly task_id: string;
  readonly created: number;
  readonly started: number;
  readonly ended: number;
  readonly exit_code?: number | null;
  readonly logs_expired: boolean;
  readonly logs_removed: boolean;
  readonly state: 'unknown' | 'processing' | 'waiting' | 'running' | 'complete';
  readonly status: TaskStatus;
  readonly status_reason?: Reason | null;
  readonly task: Task;
  readonly variables: readonly Variable[];
  readonly attempts?: readonly Attempt[];
};

/** `kind` is `{ started_run: {…} }`: one name with what it is about. */
export type Event = {
  readonly id: string;
  readonly kind: string | Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly emitted: number;
};

export type Token = {
  readonly id: string;
  readonly created: number;
  readonly expires: number;
  readonly disabled: boolean;
  readonly user: string;
  readonly roles: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
};

export type SystemPreferences = {
  readonly bootstrap_token_created: boolean;
  readonly ignore_pipeline_run_events: boolean;
};

/** Pages of a list: `reverse` starts at the newest. */
export type Page = { readonly limit?: number; readonly offset?: number; readonly reverse?: boolean };

export type PipelineRef = { readonly namespace: string; readonly pipeline: string };
export type RunRef = PipelineRef & { readonly run: number };
export type TaskRef = RunRef & { readonly task: string };
