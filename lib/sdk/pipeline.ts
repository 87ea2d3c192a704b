import { type ContractPipeline, contractPipeline } from '../pipeline/contract.ts';
import type { Duration } from '../pipeline/duration.ts';
import { InvalidPipelineError } from '../pipeline/problem.ts';
import { checkPipeline } from '../pipeline/schema.ts';
import type { WrittenTask } from './task.ts';

/** What a pipeline is made of. */
export type PipelineOptions<Tasks extends readonly WrittenTask[] = readonly WrittenTask[]> = {
  /** 3 to 32 letters, digits and hyphens. */
  readonly id: string;
  /** For people. Default: the id. */
  readonly name?: string;
  readonly description?: string;
  /** Runs at once; further ones wait. 0 is no limit, the default. */
  readonly parallelism?: number;
  /** How long a run may take from its start; then it is stopped as failed. */
  readonly timeout?: Duration;
  /**
   * When runs start by themselves, in UTC: a cron expression of five fields (minute, hour, day of the month, month, day of
   * the week), or up to 10 of them. A run of the live version starts at each minute that one of them names.
   *
   * @example schedule: '0 3 * * MON-FRI'
   * @example schedule: ['0 6 * * *', '30 18 1 JAN,JUL *']
   */
  readonly schedule?: string | readonly string[];
  /**
   * IAM role that the containers of all tasks have on AWS: a name or an ARN. One that the installation's `taskRoles` lists,
   * or that the CDK app knows of. Default: none.
   *
   * @example role: 'reports-reader'
   */
  readonly role?: string;
  /** In any order: `depends_on` says which waits for which. */
  readonly tasks: Tasks & Known<Tasks, IdsOf<Tasks>>;
};

type IdsOf<Tasks extends readonly WrittenTask[]> = Tasks[number]['id'];
type ParentsIn<T> = T extends { readonly depends_on: infer D } ? Extract<keyof D, string> : never;

/** Each task as it is, or, where it depends on one that isn't in the list, a type that says so. */
type Known<Tasks extends readonly WrittenTask[], Ids extends string> = {
  readonly [I in keyof Tasks]: Exclude<ParentsIn<Tasks[I]>, Ids> extends never
    ? Tasks[I]
    : { readonly depends_on: `not in this pipeline: ${Exclude<ParentsIn<Tasks[I]>, Ids>}` };
};

/** A checked pipeline: plain data in the shape that Gofer's API takes. `JSON.stringify` gives what `gofer up` reads. */
export type Pipeline = ContractPipeline;

/**
 * A pipeline. It is checked at once: `InvalidPipelineError` lists every problem with its place.
 * `gofer up FILE` takes the default export of a module.
 *
 * @example export default pipeline({ id: 'build', tasks: [compile, test, publish] });
 */
export function pipeline<const Tasks extends readonly WrittenTask[]>(options: PipelineOptions<Tasks>): Pipeline {
  try {
    return contractPipeline(checkPipeline(options));
  } catch (error) {
    // The place that matters is the user's call, not ours.
    if (error instanceof InvalidPipelineError) Error.captureStackTrace(error, pipeline);
    throw error;
  }
}
