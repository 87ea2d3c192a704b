/** Namespaces and pipelines, and where all that belongs to a pipeline lies. */
import type { Manager } from '../../pipeline/managed.ts';
import type { Key } from '../table.ts';

export const namespacesPartition = 'NAMESPACES';
export const namespaceKey = (id: string): Key => ({ pk: namespacesPartition, sk: id });
export type NamespaceItem = Key & {
  id: string;
  name: string;
  description: string;
  created: number;
  modified: number;
  /** Marks one attempt to delete; a pipeline registered meanwhile takes it away, and the namespace stays. */
  deleting?: string;
  /** Deleted, but for its event: readers see nothing here any more. */
  deleted?: number;
};

export const pipelinesPartition = (namespace: string) => `NAMESPACE#${namespace}`;
export const pipelineKey = (namespace: string, id: string): Key => ({ pk: pipelinesPartition(namespace), sk: id });
/** A pipeline: pointers, counters and the slots of its running runs. */
export type PipelineItem = Key & {
  /** Made anew at each creation, so that a recreated pipeline never meets its predecessor's runs. */
  uid: string;
  namespace: string;
  id: string;
  state: 'active' | 'disabled';
  created: number;
  modified: number;
  /** Newest registered version. */
  last_version: number;
  /** The version that runs use; absent before the first deployment (runs then take the newest). */
  live?: number;
  /** The deployment that made `live` live. */
  last_deployment?: number;
  /** Since when it is being deleted: disabled for good, its runs are being cancelled. */
  deleting?: number;
  /** Runs at once, from the live (else newest) config; 0 = no limit. */
  parallelism: number;
  /** Numbers of the runs that hold a slot. */
  active?: Set<number>;
  /** No run with a lower number is pending: where `dispatch` starts to look. */
  next_up?: number;
  /** The stack that keeps it, if one does. */
  managed_by?: Manager;
};

/** Partition of all that belongs to one creation of a pipeline: configs, deployments, runs. */
export const pipelinePartition = (uid: string) => `PIPELINE#${uid}`;
