/** What versions need in Step Functions and ECS, and who uses it. */
import type { Key, SweepKind } from '../table.ts';
import { pipelinePartition } from './pipeline.ts';

/** A machine that exists, or is about to, with the names of the task definitions that it uses. */
export const machineKey = (uid: string, machine: string): Key => ({
  pk: pipelinePartition(uid),
  sk: `MACHINE#${machine}`,
});
export const machinePrefix = 'MACHINE#';
export type MachineItem = Key & {
  name: string;
  definitions: readonly string[];
  /** Since when nothing names it: in an hour it is removed. */
  retired?: number;
  /** Since when it is being removed: too late to take it back. */
  removing?: number;
  /** Since when it is gone. Its name is not given again for a day, in which somebody late may still delete it. */
  removed?: number;
};

/** Who uses a task definition: pipelines of all namespaces share those alike. The sort key is a machine's name. */
export const definitionPartition = (definition: string) => `DEFINITION#${definition}`;
export const definitionUseKey = (definition: string, machine: string): Key => ({
  pk: definitionPartition(definition),
  sk: machine,
});
export type DefinitionUseItem = Key & {
  /** When it was last seen registered, or was. */
  registered?: number;
};

/** A pipeline some of whose machines may be needed no longer. */
export const retirementKey = (uid: string): Key => ({ pk: pipelinePartition(uid), sk: 'RETIREMENT' });
export type RetirementItem = Key & {
  uid: string;
  namespace: string;
  pipeline: string;
  /** When it was asked for, last. */
  asked: number;
  /** When the sweep looks again; absent: at once. */
  due?: number;
  sweep?: SweepKind;
};
