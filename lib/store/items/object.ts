/** Objects of pipelines, runs and extensions. */
import { padded } from '../padded.ts';
import type { Key, SweepKind } from '../table.ts';

/** Partition of the objects of one owner: a creation of a pipeline, with those of its runs, or an extension. */
export const objectsPartition = (owner: string) => `OBJECTS#${owner}`;
export const pipelineObjectsPrefix = 'PIPELINE#';
export const runObjectsPrefix = 'RUN#';
export const extensionObjectsPrefix = 'EXTENSION#';
export const prefixOfRun = (number: number) => `${runObjectsPrefix}${padded(number)}#`;
export const objectKey = (owner: string, prefix: string, key: string): Key => ({
  pk: objectsPartition(owner),
  sk: prefix + key,
});
export type ObjectItem = Key & {
  key: string;
  /** When its content was stored; absent: there is none yet, or none any more. */
  created?: number;
  /** Bytes. */
  size?: number;
  /** The content of a small object, in base64. */
  data?: string;
  /** Where the port `Objects` keeps a larger one. */
  content?: string;
  /** Contents on their way; what isn't in here can't become the object's any more. */
  uploads?: Set<string>;
  /** Contents that something has taken the place of, and since when: `<time> <content>`. */
  replaced?: Set<string>;
  /** `content`, as long as there may be contents besides its own. */
  sweep?: SweepKind;
};

/** That a pipeline has, or may have, what is kept for a number of runs. */
export const storeKey = (uid: string): Key => ({ pk: objectsPartition(uid), sk: 'STORE' });
export type StoreItem = Key & {
  uid: string;
  namespace: string;
  pipeline: string;
  /** The logs of runs up to this number are removed. */
  logs?: number;
  sweep: 'store';
};
