/** Versions of a pipeline: configs, deployments, the schedule of the live one. */
import { padded } from '../padded.ts';
import type { Key, SweepKind } from '../table.ts';
import { pipelinePartition } from './pipeline.ts';

export const configKey = (uid: string, version: number): Key => ({
  pk: pipelinePartition(uid),
  sk: `CONFIG#${padded(version)}`,
});
export const configPrefix = 'CONFIG#';
export type ConfigItem = Key & {
  version: number;
  /** The normalised `PipelineConfig`, as `pipeline/stored.ts` writes it. */
  config: string;
  /** Hash of the config: registering the same content again yields the same version. */
  hash: string;
  registered: number;
  /** When another version took its place, last; 0 = never. Whether it is live says the pipeline alone. */
  deprecated: number;
  /** Newest deployment that has released it. */
  deployment?: number;
  /** Name of the state machine, once it exists. */
  machine?: string;
};

export const deploymentKey = (uid: string, id: number): Key => ({
  pk: pipelinePartition(uid),
  sk: `DEPLOYMENT#${padded(id)}`,
});
export const deploymentPrefix = 'DEPLOYMENT#';
export type DeploymentItem = Key & {
  id: number;
  namespace: string;
  pipeline: string;
  uid: string;
  start_version: number;
  end_version: number;
  started: number;
  ended: number;
  state: 'running' | 'complete';
  status: 'unknown' | 'failed' | 'successful';
  /** Why it failed. */
  reason?: string;
  /** When everything it needs existed: from here on it can't fail. */
  ready?: number;
  /** The stack that asked for it; absent: the API. */
  stack?: string;
  /** Whoever worked on it ran out of time: the sweep need not wait. */
  left?: boolean;
  sweep?: SweepKind;
};

/** That a pipeline has or had a schedule, and when what starts its runs may last have had to change. */
export const scheduleKey = (uid: string): Key => ({ pk: pipelinePartition(uid), sk: 'SCHEDULE' });
export type ScheduleItem = Key & {
  namespace: string;
  pipeline: string;
  uid: string;
  changed: number;
  sweep?: SweepKind;
};
