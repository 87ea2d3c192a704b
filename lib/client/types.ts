/** The API's answers, by the names that clients use: their shapes come from the API's own schemas, as types alone. */
export type { Deployment } from '../api/schemas/deployment.ts';
export type { Event } from '../api/schemas/event.ts';
export type { Extension } from '../api/schemas/extension.ts';
export type { Namespace } from '../api/schemas/namespace.ts';
export type { Object as GoferObject } from '../api/schemas/object.ts';
export type { Config, PipelineMetadata as Pipeline } from '../api/schemas/pipeline.ts';
export type { Role } from '../api/schemas/role.ts';
export type { Run } from '../api/schemas/run.ts';
export type { Secret } from '../api/schemas/secret.ts';
export type { Subscription } from '../api/schemas/subscription.ts';
export type { Attempt, TaskExecution } from '../api/schemas/task-execution.ts';
export type { Token } from '../api/schemas/token.ts';
export type { LogEvent, RunLogEvent } from '../api/stream/log-event.ts';

/** What AWS's session-manager-plugin opens. */
export type { Session as AttachSession } from '../ports/attach.ts';

export type SystemPreferences = {
  readonly bootstrap_token_created: boolean;
  readonly ignore_pipeline_run_events: boolean;
  /** Runs of all pipelines at once. */
  readonly max_concurrent_runs?: number;
};

/** Which events: kinds by name, separated by commas. `kinds: 'extended'` adds those that Gofer 0.9 doesn't know. */
export type EventFilter = {
  readonly kind?: string;
  readonly kinds?: 'extended';
  readonly namespace?: string;
  readonly pipeline?: string;
};

/** Pages of a list: `reverse` starts at the newest. */
export type Page = { readonly limit?: number; readonly offset?: number; readonly reverse?: boolean };

export type PipelineRef = { readonly namespace: string; readonly pipeline: string };
export type SubscriptionRef = PipelineRef & { readonly extension: string; readonly subscription: string };
export type RunRef = PipelineRef & { readonly run: number };
export type TaskRef = RunRef & { readonly task: string };
