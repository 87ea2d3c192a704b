/** What starts runs at the times of a cron expression: EventBridge Scheduler on AWS, a clock on one machine. */

/** What comes back at each of those times, with the time in it: see `schedule/start.ts`. */
export type ScheduleInput = {
  readonly v: 1;
  readonly namespace: string;
  readonly pipeline: string;
  /** The pipeline's own: one that is made again under the same name isn't started by its predecessor's schedules. */
  readonly uid?: string;
  /** The expression that came. */
  readonly cron: string;
};

export interface Schedules {
  /**
   * Makes these the schedules of the pipeline with this uid, and no others: an empty list leaves none. The same again
   * changes nothing. They may come twice and late.
   */
  set(uid: string, inputs: readonly ScheduleInput[]): Promise<void>;
}
