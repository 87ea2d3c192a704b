/** Deployments whose worker died, or ran out of time, are finished here. */
import type { Home } from '../home.ts';
import type { DeploymentItem } from '../store/items/version.ts';
import { finishDeployment } from './finish.ts';
import { OutOfTimeError } from './machine.ts';

/**
 * Finishes what was left in the middle, and returns it. The young ones are still at work with whoever asked for them.
 * What takes longer than until `until`, in epoch milliseconds, the next sweep goes on with.
 */
export async function sweepDeployments(home: Home, until?: number): Promise<DeploymentItem[]> {
  const items = (await home.table.getMany(await home.table.swept('deployment'))) as (DeploymentItem | undefined)[];
  const quiet = home.now() - home.settings.quiet * 1000;
  const waiting = items.filter((item) => item !== undefined).filter(({ left, started }) => left || started <= quiet);
  const finished: DeploymentItem[] = [];
  for (const item of waiting) {
    try {
      await finishDeployment(home, item, until);
      finished.push(item);
    } catch (error) {
      if (error instanceof OutOfTimeError) break;
      throw error;
    }
  }
  return finished;
}
