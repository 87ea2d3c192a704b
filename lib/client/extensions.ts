/** Extensions and the subscriptions of pipelines to them, as functions. */
import type { InstallRequest } from '../api/schemas/extension.ts';
import { type Http, path } from './http.ts';
import { objectCalls } from './objects.ts';
import { readEvents } from './sse.ts';
import type { Extension, LogEvent, Page, PipelineRef, Subscription, SubscriptionRef } from './types.ts';

const subscriptionsPath = (ref: PipelineRef) =>
  path`/api/namespaces/${ref.namespace}/pipelines/${ref.pipeline}/subscriptions`;
const subscriptionPath = (ref: SubscriptionRef) => subscriptionsPath(ref) + path`/${ref.extension}/${ref.subscription}`;

export const extensionCalls = (http: Http, wait: (ms: number) => Promise<void>) => ({
  list: (page: Page = {}) => http.json<{ extensions: Extension[] }>('GET', '/api/extensions', { query: page }),
  get: (id: string) => http.json<{ extension: Extension }>('GET', path`/api/extensions/${id}`),
  /** Resolves when the extension is ready. */
  install: (body: InstallRequest) => http.json<{ extension: Extension }>('POST', '/api/extensions', { body }),
  update: (id: string, body: { enable: boolean }) => http.json<void>('PATCH', path`/api/extensions/${id}`, { body }),
  uninstall: (id: string) => http.json<void>('DELETE', path`/api/extensions/${id}`),
  debug: (id: string) => http.json<{ info: string }>('GET', path`/api/extensions/${id}/debug`),
  /** Hands an event from outside to it, as webhooks do: any body, with headers that the extension understands. */
  sendEvent: (id: string, content: Blob, headers: Readonly<Record<string, string>> = {}) =>
    http.json<void>('POST', path`/api/external/${id}`, { content, headers }),
  objects: objectCalls(http, (id: string) => path`/api/extensions/${id}`),
  subscriptions: (id: string, page: Page = {}) =>
    http.json<{ subscriptions: Subscription[] }>('GET', path`/api/extensions/${id}/subscriptions`, { query: page }),
  /** The log of its newest start, from its first line on, until it ends or `signal` aborts. */
  async *followLog(id: string, read: { signal?: AbortSignal } = {}): AsyncGenerator<LogEvent> {
    const options = { wait, ...(read.signal ? { signal: read.signal } : {}) };
    for await (const { data } of readEvents(http, path`/api/extensions/${id}/logs`, options))
      yield JSON.parse(data) as LogEvent;
  },
  /** What is in that log now, raw. */
  readLog: (id: string, read: { timestamps?: boolean; signal?: AbortSignal } = {}) =>
    http.open(path`/api/extensions/${id}/logs`, {
      headers: { accept: 'text/plain' },
      query: { timestamps: read.timestamps || undefined },
      ...(read.signal ? { signal: read.signal } : {}),
    }),
});

export const subscriptionCalls = (http: Http) => ({
  list: (ref: PipelineRef, page: Page = {}) =>
    http.json<{ subscriptions: Subscription[] }>('GET', subscriptionsPath(ref), { query: page }),
  get: (ref: SubscriptionRef) => http.json<{ subscription: Subscription }>('GET', subscriptionPath(ref)),
  create: (
    ref: PipelineRef,
    body: { extension_id: string; subscription_id: string; settings: Readonly<Record<string, string>> },
  ) => http.json<{ subscription: Subscription }>('POST', subscriptionsPath(ref), { body }),
  update: (ref: SubscriptionRef, body: { status: 'active' | 'disabled' }) =>
    http.json<void>('PATCH', subscriptionPath(ref), { body }),
  delete: (ref: SubscriptionRef) => http.json<void>('DELETE', subscriptionPath(ref)),
});
