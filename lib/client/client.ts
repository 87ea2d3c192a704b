/** The API as functions, a noun each. */
import { extensionCalls, subscriptionCalls } from './extensions.ts';
import { createHttp, type HttpOptions, path } from './http.ts';
import { objectCalls } from './objects.ts';
import { globalSecretsOf, secretsOf } from './secrets.ts';
import { readEvents } from './sse.ts';
import type {
  AttachSession,
  Config,
  Deployment,
  Event,
  EventFilter,
  LogEvent,
  Namespace,
  Page,
  Pipeline,
  PipelineRef,
  Role,
  Run,
  RunLogEvent,
  RunRef,
  SystemPreferences,
  TaskExecution,
  TaskRef,
  Token,
} from './types.ts';

export type Client = ReturnType<typeof createClient>;

const pipelinePath = (ref: PipelineRef) => path`/api/namespaces/${ref.namespace}/pipelines/${ref.pipeline}`;
const runPath = (ref: RunRef) => pipelinePath(ref) + path`/runs/${ref.run}`;
/** So many events may come once more after a break; a stream sends the last 15 s again. */
const mostRepeated = 10_000;

const taskPath = (ref: TaskRef) => runPath(ref) + path`/tasks/${ref.task}`;

/**
 * A client of one Gofer API.
 * @example const { run } = await createClient({ baseUrl: 'http://127.0.0.1:8080' }).runs.start({ namespace: 'default', pipeline: 'build' });
 */
export function createClient(options: HttpOptions) {
  const http = createHttp(options);
  const wait = options.wait ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  return {
    namespaces: {
      list: (page: Page = {}) => http.json<{ namespaces: Namespace[] }>('GET', '/api/namespaces', { query: page }),
      get: (id: string) => http.json<{ namespace: Namespace }>('GET', path`/api/namespaces/${id}`),
      create: (body: { id: string; name: string; description: string }) =>
        http.json<{ namespace: Namespace }>('POST', '/api/namespaces', { body }),
      update: (id: string, body: { name?: string; description?: string }) =>
        http.json<{ namespace: Namespace }>('PATCH', path`/api/namespaces/${id}`, { body }),
      delete: (id: string) => http.json<void>('DELETE', path`/api/namespaces/${id}`),
    },
    pipelines: {
      list: (namespace: string, page: Page = {}) =>
        http.json<{ pipelines: Pipeline[] }>('GET', path`/api/namespaces/${namespace}/pipelines`, { query: page }),
      get: (ref: PipelineRef) => http.json<{ pipeline: Pipeline }>('GET', pipelinePath(ref)),
      update: (ref: PipelineRef, body: { state: 'active' | 'disabled' }) =>
        http.json<void>('PATCH', pipelinePath(ref), { body }),
      delete: (ref: PipelineRef) => http.json<void>('DELETE', pipelinePath(ref)),
      objects: objectCalls(http, pipelinePath),
    },
    configs: {
      list: (ref: PipelineRef, page: Page = {}) =>
        http.json<{ configs: Config[] }>('GET', `${pipelinePath(ref)}/configs`, { query: page }),
      get: (ref: PipelineRef, version: number) =>
        http.json<{ config: Config }>('GET', pipelinePath(ref) + path`/configs/${version}`),
      /** The config goes out as the user wrote it: the server validates and says what is wrong. */
      register: (ref: PipelineRef, config: unknown) =>
        http.json<{ pipeline: { metadata: Pipeline; config: Config }; warnings?: string[] }>(
          'POST',
          `${pipelinePath(ref)}/configs`,
          { body: { config } },
        ),
      deploy: (ref: PipelineRef, version: number) =>
        http.json<{ deployment: Deployment }>('POST', pipelinePath(ref) + path`/configs/${version}`),
      delete: (ref: PipelineRef, version: number) =>
        http.json<void>('DELETE', pipelinePath(ref) + path`/configs/${version}`),
    },
    deployments: {
      list: (ref: PipelineRef, page: Page = {}) =>
        http.json<{ deployments: Deployment[] }>('GET', `${pipelinePath(ref)}/deployments`, { query: page }),
      get: (ref: PipelineRef, id: number) =>
        http.json<{ deployment: Deployment }>('GET', pipelinePath(ref) + path`/deployments/${id}`),
      /** Deploys the version that was live before the one that is. */
      rollback: (ref: PipelineRef) =>
        http.json<{ deployment: Deployment }>('POST', `${pipelinePath(ref)}/deployments/rollback`),
    },
    runs: {
      list: (ref: PipelineRef, page: Page = {}) =>
        http.json<{ runs: Run[] }>('GET', `${pipelinePath(ref)}/runs`, { query: page }),
      get: (ref: RunRef, tries = 3) => http.json<{ run: Run }>('GET', runPath(ref), { tries }),
      /** Carries a key of its own, so that a try repeated after a broken connection never starts a second run. */
      start: (ref: PipelineRef, variables: Readonly<Record<string, string>> = {}) =>
        http.json<{ run: Run }>('POST', `${pipelinePath(ref)}/runs`, {
          body: { variables },
          headers: { 'idempotency-key': crypto.randomUUID() },
        }),
      cancel: (ref: RunRef) => http.json<void>('DELETE', runPath(ref)),
      objects: objectCalls(http, runPath),
    },
    tasks: {
      list: (ref: RunRef, tries = 3) =>
        http.json<{ task_executions: TaskExecution[] }>('GET', `${runPath(ref)}/tasks`, { tries }),
      get: (ref: TaskRef) => http.json<{ task_execution: TaskExecution }>('GET', taskPath(ref)),
      cancel: (ref: TaskRef) => http.json<void>('DELETE', taskPath(ref)),
      /** Where a WebSocket is a terminal in the task's container; on AWS a session is asked for instead. */
      attachAddress: (ref: TaskRef, command: string) =>
        `${options.baseUrl.replace(/\/+$/, '')}${taskPath(ref)}/attach?${new URLSearchParams({ command })}`,
      attachSession: (ref: TaskRef, command: string) =>
        http.json<{ session: AttachSession }>('POST', `${taskPath(ref)}/attach`, { body: { command } }),
    },
    logs: {
      /**
       * The log from its first line on, and on until it ends: of one attempt, or of the newest and those that follow.
       * Ends early, without an error, when `signal` aborts.
       */
      async *follow(ref: TaskRef, read: { attempt?: number; signal?: AbortSignal } = {}): AsyncGenerator<LogEvent> {
        const events = readEvents(http, `${taskPath(ref)}/logs`, {
          wait,
          query: { attempt: read.attempt },
          ...(read.signal ? { signal: read.signal } : {}),
        });
        for await (const { data } of events) yield JSON.parse(data) as LogEvent;
      },
      /**
       * The logs of all tasks of a run over one connection, with every attempt, until the run ends and all is read. The id
       * of an event is good for `after`. Ends early, without an error, when `signal` aborts.
       */
      async *followRun(
        ref: RunRef,
        read: { after?: string | undefined; signal?: AbortSignal } = {},
      ): AsyncGenerator<RunLogEvent & { readonly id: string | undefined }> {
        const events = readEvents(http, `${runPath(ref)}/logs`, {
          wait,
          ...(read.after === undefined ? {} : { after: read.after }),
          ...(read.signal ? { signal: read.signal } : {}),
        });
        for await (const { id, data } of events) yield { id, ...(JSON.parse(data) as RunLogEvent) };
      },
      /** What is in the log now, raw. */
      read: (
        ref: TaskRef,
        read: { attempt?: number; timestamps?: boolean; tries?: number; signal?: AbortSignal } = {},
      ) =>
        http.open(`${taskPath(ref)}/logs`, {
          headers: { accept: 'text/plain' },
          ...(read.tries === undefined ? {} : { tries: read.tries }),
          query: { attempt: read.attempt, timestamps: read.timestamps || undefined },
          ...(read.signal ? { signal: read.signal } : {}),
        }),
      delete: (ref: TaskRef) => http.json<void>('DELETE', `${taskPath(ref)}/logs`),
    },
    events: {
      list: (query: Page & EventFilter = {}) => http.json<{ events: Event[] }>('GET', '/api/events', { query }),
      get: (id: string) => http.json<{ event: Event }>('GET', path`/api/events/${id}`),
      delete: (id: string) => http.json<void>('DELETE', path`/api/events/${id}`),
      /** Events as they happen, each once, with `history` after all that have. */
      async *follow({
        signal,
        ...query
      }: EventFilter & { history?: boolean; signal?: AbortSignal } = {}): AsyncGenerator<Event> {
        const events = readEvents(http, '/api/events', {
          wait,
          query,
          ...(signal ? { signal } : {}),
        });
        const seen = new Set<string>();
        for await (const { data } of events) {
          const event = JSON.parse(data) as Event;
          if (seen.has(event.id)) continue;
          yield event;
          seen.add(event.id);
          if (seen.size > mostRepeated) seen.delete(seen.values().next().value ?? '');
        }
      },
    },
    extensions: extensionCalls(http, wait),
    subscriptions: subscriptionCalls(http),
    secrets: secretsOf(http),
    globalSecrets: globalSecretsOf(http),
    system: {
      metadata: () => http.json<{ commit: string; semver: string }>('GET', '/api/system/metadata'),
      preferences: () => http.json<SystemPreferences>('GET', '/api/system'),
      update: (body: { ignore_pipeline_run_events?: boolean; max_concurrent_runs?: number }) =>
        http.json<Record<string, never>>('PATCH', '/api/system', { body }),
    },
    tokens: {
      /** On AWS with the one-time code of the installation. */
      bootstrap: (code?: string) =>
        http.json<{ secret: string; token_details: Token }>('POST', '/api/tokens/bootstrap', {
          body: {},
          ...(code && { headers: { 'gofer-bootstrap-code': code } }),
        }),
      whoami: () => http.json<{ token: Token }>('GET', '/api/tokens/whoami'),
      list: (page: Page = {}) => http.json<{ tokens: Token[] }>('GET', '/api/tokens', { query: page }),
      get: (id: string) => http.json<{ token: Token }>('GET', path`/api/tokens/${id}`),
      /** `expires`: seconds from now, 0 = never. The secret is in this answer alone. */
      create: (body: {
        user: string;
        roles: readonly string[];
        expires: number;
        metadata?: Readonly<Record<string, string>>;
      }) => http.json<{ secret: string; token_details: Token }>('POST', '/api/tokens', { body }),
      update: (id: string, body: { disabled: boolean }) => http.json<void>('PATCH', path`/api/tokens/${id}`, { body }),
      delete: (id: string) => http.json<void>('DELETE', path`/api/tokens/${id}`),
    },
    roles: {
      list: (page: Page = {}) => http.json<{ roles: Role[] }>('GET', '/api/roles', { query: page }),
      get: (id: string) => http.json<{ role: Role }>('GET', path`/api/roles/${id}`),
      create: (body: Pick<Role, 'id' | 'description' | 'permissions'>) =>
        http.json<{ role: Role }>('POST', '/api/roles', { body }),
      update: (id: string, body: Partial<Pick<Role, 'description' | 'permissions'>>) =>
        http.json<{ role: Role }>('PATCH', path`/api/roles/${id}`, { body }),
      delete: (id: string) => http.json<void>('DELETE', path`/api/roles/${id}`),
    },
  };
}
