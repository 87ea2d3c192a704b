/** Deployments whose worker died are finished here. */
import type { Home } from '../home.ts';
import type { DeploymentItem } from '../store/items.ts';
import { finishDeployment } from './finish.ts';

/** Finishes what was left in the middle, and returns it. The young ones are still at work with whoever asked for them. */
export async function sweepDeployments(home: Home): Promise<DeploymentItem[]> {
  const items = (await home.table.getMany(await home.table.swept('deployment'))) as (DeploymentItem | undefined)[];
  const quiet = home.now() - home.settings.quiet * 1000;
  const left = items.filter((item) => item !== undefined).filter(({ started }) => started <= quiet);
  for (const { uid, id } of left) await finishDeployment(home, { uid, id });
  return left;
}
