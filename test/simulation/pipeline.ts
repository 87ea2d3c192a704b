/** A random small pipeline, how its tasks behave, and what must become of them. */
import type { ParentCondition, PipelineConfig, TaskConfig } from '../../lib/pipeline/config.ts';
import type { TaskStatus } from '../../lib/task/task.ts';
import type { Behaviour } from './containers.ts';
import type { Faults } from './faults.ts';
import type { World } from './world.ts';

export type Scenario = {
  readonly config: PipelineConfig;
  readonly behaviours: ReadonlyMap<string, Behaviour>;
  readonly limit: number;
  readonly runs: number;
};

export function scenarioOf(world: World, faults: Faults): Scenario {
  const ids = ['aaa', 'bbb', 'ccc', 'ddd', 'eee', 'fff'].slice(0, 1 + world.below(6));
  const density = world.pick([0.25, 0.4, 0.7]);
  const condition = () => world.pick<ParentCondition>(['success', 'success', 'success', 'any', 'any', 'failure']);
  const behaviours = new Map<string, Behaviour>();
  const tasks = ids.map((id, i): TaskConfig => {
    const attempts = faults.dup || world.chance(0.5) ? 1 + world.below(3) : 1;
    const fine = world.chance(0.65);
    behaviours.set(id, {
      successfulAt: fine ? 1 + (world.chance(0.3) ? world.below(3) : 0) : 99,
      hangs: faults.hang && world.chance(0.15),
    });
    return {
      id,
      description: '',
      image: 'busybox',
      depends_on: Object.fromEntries(
        ids
          .slice(0, i)
          .filter(() => world.chance(density))
          .map((parent) => [parent, condition()]),
      ),
      variables: {},
      inject_api_token: false,
      always_pull_newest_image: false,
      timeout: 300,
      allow_failure: world.chance(0.2),
      retry: { attempts, interval: world.pick([1, 5, 30]), rate: 1 },
    };
  });
  const many = world.chance(0.5);
  const limit = many ? 1 + world.below(2) : 1;
  const timeout = faults.ptimeout && world.chance(0.3) ? { timeout: 60 + world.below(200) } : {};
  const config = { id: 'simulated', name: '', description: '', parallelism: limit, tasks, ...timeout };
  return { config, behaviours, limit, runs: many ? 1 + world.below(4) : 1 };
}

/** The statuses that the tasks must end with when nothing interferes: a scheduler of its own, in the order of the list. */
export function reference({ config, behaviours }: Scenario): Map<string, TaskStatus> {
  const statuses = new Map<string, TaskStatus>();
  for (const task of config.tasks) {
    const met = Object.entries(task.depends_on).every(([parent, condition]) => {
      const status = statuses.get(parent);
      return condition === 'any' || (condition === 'success' ? status === 'successful' : status === 'failed');
    });
    const works = (behaviours.get(task.id)?.successfulAt ?? 1) <= (task.retry?.attempts ?? 1);
    statuses.set(task.id, met ? (works ? 'successful' : 'failed') : 'skipped');
  }
  return statuses;
}
