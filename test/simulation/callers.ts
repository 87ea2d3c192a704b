/** Those who call the API: they start and cancel, and half of them try again what failed. */
import type { Home } from '../../lib/home.ts';
import { cancelRun } from '../../lib/run/cancel.ts';
import { startRun } from '../../lib/run/start.ts';
import { cancelTask } from '../../lib/task/cancel.ts';
import type { Faults } from './faults.ts';
import type { Scenario } from './pipeline.ts';
import type { Call, World } from './world.ts';

export function call(world: World, faults: Faults, scenario: Scenario, homeOf: (call: Call) => Home): void {
  const { uid, config } = scenario;
  const request = (name: string, work: (home: Home) => Promise<unknown>) => {
    const crashed = () => world.chance(0.5) && world.after(world.random() * 20, () => request(name, work));
    world.spawn(name, (call) => work(homeOf(call)), { crashed, killed: crashed });
  };
  for (let i = 1; i <= scenario.runs; i++) {
    const begin = world.random() * 60;
    const wanted = {
      namespace: 'default',
      pipeline: config.id,
      variables: {},
      initiator: { id: '', user: '' },
      ...(!faults.nokey && { idempotencyKey: `key ${i}` }),
    };
    const start = () => request(`start ${uid}`, (home) => startRun(home, wanted));
    world.after(begin, start);
    // An impatient caller sends the same request twice.
    if (!faults.nokey && world.chance(0.3)) world.after(begin + world.random() * 3, start);
    const soon = () => begin + world.random() * world.pick([5, 250]);
    const task = world.pick(config.tasks).id;
    if (faults.cancel && world.chance(0.7))
      world.after(soon(), () => request(`cancel ${uid} ${i}`, (home) => cancelRun(home, { uid, number: i }, 'user')));
    if (faults.cancelTask && world.chance(0.8))
      world.after(soon(), () =>
        request(`cancel ${uid} ${i}/${task}`, (home) => cancelTask(home, { uid, number: i, task })),
      );
  }
}
