/**
 * What is counted of the work, as metrics: ten names all day, as many as CloudWatch's free tier has, and one that is
 * never counted while all is well.
 */
import type { PublishedEvent } from '../ports/event-bus.ts';
import type { TokenAnswer } from '../ports/machines.ts';

export type Measure =
  | 'RunsStarted'
  | 'RunsSuccessful'
  | 'RunsFailed'
  | 'RunsCancelled'
  | 'TasksSuccessful'
  | 'TasksFailed'
  | 'TaskLaunches'
  | 'TaskRetries'
  | 'LaunchesPostponed'
  | 'RunsSwept'
  | 'ExecutionsBroken';

export const metricNamespace = 'Gofer';

/** What an event of the product counts as, if anything. */
export function measureOfEvent({ kind }: PublishedEvent): Measure | undefined {
  if ('started_run' in kind) return 'RunsStarted';
  if ('completed_run' in kind) return ofRun[kind.completed_run.status];
  if ('completed_task_execution' in kind) return ofTask[kind.completed_task_execution.status];
  return undefined;
}

const ofRun: Readonly<Record<string, Measure>> = {
  successful: 'RunsSuccessful',
  failed: 'RunsFailed',
  cancelled: 'RunsCancelled',
};

const ofTask: Readonly<Record<string, Measure>> = { successful: 'TasksSuccessful', failed: 'TasksFailed' };

/** What a decision counts as: the answer that a state of a machine waits for. */
export function measureOfAnswer(answer: TokenAnswer): Measure | undefined {
  // `finish run` is answered without a launch.
  if (!('error' in answer)) return 'k' in answer.output ? 'TaskLaunches' : undefined;
  if (answer.error.startsWith('Gofer.Again.')) return 'TaskRetries';
  return answer.error === 'Gofer.Later' ? 'LaunchesPostponed' : undefined;
}
