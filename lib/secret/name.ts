/**
 * Under which name a value lies in its store: known from the config alone, so that a task definition can name a secret that
 * comes later. Every name ends with `/value`: AWS takes a part of a secret's ARN only if it doesn't look as if it ended with
 * AWS's own suffix of a hyphen and six characters.
 */
import type { SecretReference } from '../task/interpolation.ts';

/** A pipeline by the ids that its users know. */
export type PipelineName = { readonly namespace: string; readonly pipeline: string };

/** No id of a namespace or pipeline holds an underscore, and no escaped key begins with one, so these meet none. */
const global = '_global';
const registry = '_registry';
const token = '_token';

export const pipelineSecretName = ({ namespace, pipeline }: PipelineName, key: string): string =>
  `${namespace}/${pipeline}/${escapeKey(key)}/value`;

export const globalSecretName = (key: string): string => `${global}/${escapeKey(key)}/value`;

/** Where a task's `registry_auth` lies, as the JSON that ECS reads: `{"username", "password"}`. */
export const registrySecretName = ({ namespace, pipeline }: PipelineName, task: string): string =>
  `${namespace}/${pipeline}/${registry}/${task}/value`;

/** A task's, or an extension's. */
export const isRegistrySecret = (name: string): boolean => name.split('/')[2] === registry;

/** What a task of the pipeline refers to. */
export const secretNameOf = (pipeline: PipelineName, { kind, key }: SecretReference): string =>
  kind === 'global_secret' ? globalSecretName(key) : pipelineSecretName(pipeline, key);

/** In characters that every store allows in a name: `a b` becomes `a.20b`; `_a` becomes `.5fa`, for `_` begins Gofer's own. */
const escapeKey = (key: string): string =>
  [...Buffer.from(key)]
    .map((byte, i) => {
      const character = String.fromCharCode(byte);
      return (i ? /[A-Za-z0-9_-]/ : /[A-Za-z0-9-]/).test(character)
        ? character
        : `.${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');

/** Where the API token lies that a pipeline's containers get on AWS (`inject_api_token`). */
export const apiTokenName = ({ namespace, pipeline }: PipelineName): string =>
  `${namespace}/${pipeline}/${token}/value`;

export const isApiToken = (name: string): boolean => {
  const [, , kind, ...rest] = name.split('/');
  return kind === token && rest.length === 1;
};
