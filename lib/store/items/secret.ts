/** What is known of secrets; their values are where the port `Secrets` keeps them. */
import type { Key } from '../table.ts';
import { pipelinePartition } from './pipeline.ts';

/** What is known of a pipeline's secret; its value is where the port `Secrets` keeps it. */
export const pipelineSecretKey = (uid: string, key: string): Key => ({
  pk: pipelinePartition(uid),
  sk: `${secretPrefix}${key}`,
});
export const secretPrefix = 'SECRET#';
/** The same of the credentials that a task's image is pulled with. */
export const registrySecretKey = (uid: string, task: string): Key => ({
  pk: pipelinePartition(uid),
  sk: `${registryPrefix}${task}`,
});
export const registryPrefix = 'REGISTRY#';
export const globalSecretsPartition = 'SECRETS';
export const globalSecretKey = (key: string): Key => ({ pk: globalSecretsPartition, sk: key });
export type SecretItem = Key & {
  key: string;
  /** Regular expressions: the namespaces that may use it. Of a pipeline's secret, its own namespace. */
  namespaces: readonly string[];
  /** When its value was written; absent: there is none yet, or none any more. */
  created?: number;
  /** Whoever changes it now, and since when. Without `writing` its change failed: any value may be in the store. */
  writer?: number;
  writing?: number;
  /** `namespaces` of the values that may be in the store already: all of these lists hold beside it. */
  next?: readonly (readonly string[])[];
};
