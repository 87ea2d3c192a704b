/** What a followed run is shown on. */
import type { LogEvent, Run, TaskExecution } from '../../client/types.ts';

export type RunView = {
  /** The newest state of the run and its tasks. */
  update(run: Run, tasks: readonly TaskExecution[]): void | Promise<void>;
  log(task: string, line: LogEvent): void | Promise<void>;
  /** Everything is out; nothing moves any more. */
  close(): Promise<void>;
};

/** With `--output silent` only the exit code speaks. */
export const noView: RunView = { update: () => {}, log: () => {}, close: async () => {} };
