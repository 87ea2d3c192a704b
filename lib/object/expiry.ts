/** What is kept for a number of runs. Nothing has to be written for it to expire: the pipeline's row says which runs are over. */
import type { Settings } from '../home.ts';
import type { PipelineItem } from '../store/items/pipeline.ts';

type Runs = Pick<PipelineItem, 'active' | 'next_up'>;

/** All runs with a lower number are over. */
const overBelow = ({ active, next_up = 0 }: Runs): number => Math.min(next_up + 1, ...(active ?? []));

/** `runs` further ones are over, and those between. */
export const hasExpired = (pipeline: Runs, number: number, runs: number): boolean =>
  number + runs < overBelow(pipeline);

/** The last run of which nothing is kept any more; 0: none. */
export const lastExpired = (pipeline: Runs, runs: number): number => Math.max(overBelow(pipeline) - runs - 1, 0);

/** How many further runs the objects of a run are kept for. */
export const runsOfObjects = ({ retention }: Settings): number => retention?.runObjects ?? 2;

/** What has expired of a run. */
export type Expired = { readonly objects: boolean; readonly logs: boolean };

export const expiredOf = (pipeline: Runs, number: number, settings: Settings): Expired => {
  const logs = settings.retention?.runLogs;
  return {
    objects: hasExpired(pipeline, number, runsOfObjects(settings)),
    logs: logs !== undefined && hasExpired(pipeline, number, logs),
  };
};
