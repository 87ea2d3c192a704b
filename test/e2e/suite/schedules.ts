import { expect, test } from 'vitest';
import { eventually, task } from '../user.ts';
import type { World } from './world.ts';

/** Of no meaning but to end what hangs: the next minute is at most one away, and AWS comes within it. */
const patience = 150_000;

/** The times themselves are tested where clocks can be set. */
export function schedules({ user }: World) {
  test('a schedule starts runs of the live version by itself, one a minute', async () => {
    const { client, up, finished } = user();
    const ref = await up([task('tick', 'echo tick')], { schedule: ['* * * * *', '*/1 * * * *'] });
    await eventually(
      () => client.runs.list(ref),
      ({ runs }) => runs.length > 0,
      patience,
    );
    await client.pipelines.update(ref, { state: 'disabled' });
    const { run } = await finished({ ...ref, run: 1 });
    expect([run.status, run.initiator]).toEqual(['successful', { id: 'schedule', user: 'schedule' }]);
    const { runs } = await client.runs.list(ref);
    const minutes = runs.map(({ created = 0 }) => Math.floor(created / 60_000));
    expect(new Set(minutes).size).toBe(runs.length);
  });
}
