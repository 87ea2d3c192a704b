/** Runs and their tasks. */
import { padded } from '../padded.ts';
import type { Key } from '../table.ts';
import { pipelinePartition } from './pipeline.ts';

export const runKey = (uid: string, number: number): Key => ({
  pk: pipelinePartition(uid),
  sk: `RUN#${padded(number)}`,
});
export const runPrefix = 'RUN#';

/** Remembers which run an `Idempotency-Key` asked for; expires after 24 h. */
export const requestKey = (uid: string, idempotencyKey: string): Key => ({
  pk: pipelinePartition(uid),
  sk: `REQUEST#${idempotencyKey}`,
});
export type RequestItem = Key & { hash: string; number: number; expires_at: number };

/** Partition of the tasks of one run. The sort key is the task's id. */
export const tasksPartition = (uid: string, number: number) => `TASKS#${uid}#${number}`;
export const taskKey = (uid: string, number: number, task: string): Key => ({
  pk: tasksPartition(uid, number),
  sk: task,
});
