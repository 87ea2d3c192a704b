/** Values that Gofer fills in when a task starts, so that they are never written into a pipeline. */
import { InvalidError } from '../errors.ts';

/**
 * A secret of this pipeline alone.
 *
 * @example variables: { NPM_TOKEN: pipelineSecret('npm-token') }
 */
export const pipelineSecret = (key: string): string => reference('pipeline_secret', key);

/**
 * A secret that an administrator shares with this pipeline's namespace.
 *
 * @example variables: { REGISTRY_PASSWORD: globalSecret('registry-password') }
 */
export const globalSecret = (key: string): string => reference('global_secret', key);

/**
 * An object that runs of this pipeline share.
 *
 * @example variables: { LAST_RELEASE: pipelineObject('last-release') }
 */
export const pipelineObject = (key: string): string => reference('pipeline_object', key);

/**
 * An object that an earlier task of the same run has stored.
 *
 * @example variables: { IMAGE_DIGEST: runObject('image-digest') }
 */
export const runObject = (key: string): string => reference('run_object', key);

function reference(kind: string, key: string): string {
  if (!key.trim() || /[{}\0\n]/.test(key))
    throw new InvalidError(
      `${kind}: the key is ${JSON.stringify(key)}; allowed: any text without braces and line ends`,
    );
  return `${kind}{{ ${key.trim()} }}`;
}
