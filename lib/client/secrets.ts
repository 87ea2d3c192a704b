/** Secrets of pipelines and global ones, as functions of the client. */
import { type Http, path } from './http.ts';
import type { Page, PipelineRef, Secret } from './types.ts';

type Shown = { readonly metadata: Secret; readonly secret: string | null };
type Value = { readonly key: string; readonly content: string; readonly force: boolean };

const secretsPath = (ref: PipelineRef) => `${path`/api/namespaces/${ref.namespace}/pipelines/${ref.pipeline}`}/secrets`;
const secretPath = (ref: PipelineRef, key: string) => secretsPath(ref) + path`/${key}`;
const globalPath = '/api/secrets/global';

export const secretsOf = (http: Http) => ({
  list: (ref: PipelineRef, page: Page = {}) =>
    http.json<{ secrets: Secret[] }>('GET', secretsPath(ref), { query: page }),
  /** With its value if `reveal` is set, which takes an administrator. */
  get: (ref: PipelineRef, key: string, reveal = false) =>
    http.json<Shown>('GET', secretPath(ref, key), { query: { include_secret: reveal } }),
  put: (ref: PipelineRef, body: Value) => http.json<{ secret: Secret }>('POST', secretsPath(ref), { body }),
  delete: (ref: PipelineRef, key: string) => http.json<void>('DELETE', secretPath(ref, key)),
});

export const globalSecretsOf = (http: Http) => ({
  list: (page: Page = {}) => http.json<{ secrets: Secret[] }>('GET', globalPath, { query: page }),
  get: (key: string, reveal = false) =>
    http.json<Shown>('GET', globalPath + path`/${key}`, { query: { include_secret: reveal } }),
  /** `namespaces` are regular expressions of those that may use it. */
  put: (body: Value & { readonly namespaces: readonly string[] }) =>
    http.json<{ secret: Secret }>('POST', globalPath, { body }),
  delete: (key: string) => http.json<void>('DELETE', globalPath + path`/${key}`),
});
