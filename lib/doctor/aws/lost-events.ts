/** The queue of lost events: empty, when all is well. */
import { ok, type Verdict, warn } from '../check.ts';

export const judgeLostEvents = (waiting: number): Verdict =>
  waiting === 0
    ? ok('no event was lost')
    : warn(
        `${waiting} lost ${waiting === 1 ? 'event waits' : 'events wait'} in the queue`,
        'see why: gofer event redrive --dry-run; then hand them over: gofer event redrive',
      );
