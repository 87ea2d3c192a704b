/** What can happen, with what it happened to: the names and fields that Gofer's clients know. */
type OfNamespace = { readonly namespace_id: string };
type OfPipeline = OfNamespace & { readonly pipeline_id: string };
type OfDeployment = OfPipeline & { readonly start_version: number; readonly end_version: number };
type OfRun = OfPipeline & { readonly run_id: number };
type OfTaskExecution = OfRun & { readonly task_execution_id: string };
type OfExtension = { readonly id: string; readonly image: string };
type OfSubscription = OfPipeline & { readonly extension_id: string; readonly subscription_id: string };
type OfRole = { readonly role_id: string };
/** `by_token_id`: the token that asked for it. */
type OfToken = { readonly token_id: string; readonly user: string; readonly by_token_id?: string };

type RunStatus = 'unknown' | 'failed' | 'successful' | 'cancelled';

export type EventDetails = {
  created_namespace: OfNamespace;
  deleted_namespace: OfNamespace;
  created_pipeline: OfPipeline;
  enabled_pipeline: OfPipeline;
  disabled_pipeline: OfPipeline;
  deleted_pipeline: OfPipeline;
  started_deployment: OfDeployment;
  completed_deployment: OfDeployment;
  queued_run: OfRun;
  started_run: OfRun;
  completed_run: OfRun & { readonly status: RunStatus };
  started_run_cancellation: OfRun;
  created_task_execution: OfTaskExecution;
  started_task_execution: OfTaskExecution;
  completed_task_execution: OfTaskExecution & { readonly status: RunStatus | 'skipped' };
  /** `timeout`: seconds between SIGTERM and SIGKILL. */
  started_task_execution_cancellation: OfTaskExecution & { readonly timeout: number };
  installed_extension: OfExtension;
  uninstalled_extension: OfExtension;
  enabled_extension: OfExtension;
  disabled_extension: OfExtension;
  pipeline_extension_subscription_registered: OfSubscription;
  pipeline_extension_subscription_unregistered: OfSubscription;
  created_role: OfRole;
  deleted_role: OfRole;
};

/** Kinds that Gofer's own clients don't know, and would fail on: only who asks for them gets them. */
export type ExtendedDetails = {
  /** Somebody got a shell or another program inside of the task's container. Its arguments may hold secrets: they are not told. */
  attached_task_execution: OfTaskExecution & { readonly program: string; readonly token_id: string };
  created_token: OfToken;
  deleted_token: OfToken;
  disabled_token: OfToken;
  enabled_token: OfToken;
  updated_role: OfRole & { readonly by_token_id?: string };
};

type AllDetails = EventDetails & ExtendedDetails;

/**
 * One kind with its details, as `{ created_namespace: { namespace_id: 'default' } }`.
 * The contract's `any` is left out: it is a filter, nothing emits it.
 */
export type EventKind = {
  [Name in keyof AllDetails]: { readonly [Only in Name]: AllDetails[Name] };
}[keyof AllDetails];

/** The kind's own name, the one key that it has. */
export const nameOfKind = (kind: EventKind): string => Object.keys(kind)[0] ?? '';
