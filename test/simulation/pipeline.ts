/** A random small pipeline, how its tasks behave, and what must become of them. */
import type { ParentCondition, PipelineConfig, TaskConfig } from '../../lib/pipeline/config.ts';
import type { TaskStatus } from '../../lib/task/task.ts';
import { type Behaviour, failure } from './containers.ts';
import type { Faults } from './faults.ts';
import type { World } from './world.ts';

/** A pipeline with what its callers ask of it. */
export type Scenario = {
  readonly uid: string;
  readonly config: PipelineConfig;
  readonly behaviours: ReadonlyMap<string, Behaviour>;
  /** Runs that callers start. */
  readonly runs: number;
};

/** One pipeline, or two that share everything else. */
export function scenariosOf(world: World, faults: Faults): Scenario[] {
  return ['one', 'two'].slice(0, world.chance(0.2) ? 2 : 1).map((uid) => scenarioOf(world, faults, uid));
}

function scenarioOf(world: World, faults: Faults, uid: string): Scenario {
  const ids = ['aaa', 'bbb', 'ccc', 'ddd', 'eee', 'fff'].slice(0, 1 + world.below(6));
  const density = world.pick([0.25, 0.4, 0.7]);
  const behaviours = new Map(ids.map((id) => [id, behaviourOf(world, faults)]));
  const tasks = ids.map((id, i) =>
    taskOf(
      world,
      faults,
      id,
      ids.slice(0, i).filter(() => world.chance(density)),
    ),
  );
  const many = world.chance(0.5);
  const parallelism = many ? world.below(3) : 1;
  const timeout = faults.ptimeout && world.chance(0.3) ? { timeout: 60 + world.below(200) } : {};
  const config = { id: uid, name: '', description: '', parallelism, tasks, ...timeout };
  return { uid, config, behaviours, runs: many ? 1 + world.below(4) : 1 };
}

function behaviourOf(world: World, faults: Faults): Behaviour {
  const fine = world.chance(0.65);
  return {
    successfulAt: fine ? 1 + (world.chance(0.3) ? world.below(3) : 0) : 99,
    startless: world.chance(0.1),
    hangs: faults.hang && world.chance(0.15),
  };
}

function taskOf(world: World, faults: Faults, id: string, parents: readonly string[]): TaskConfig {
  const condition = () => world.pick<ParentCondition>(['success', 'success', 'success', 'any', 'any', 'failure']);
  const attempts = faults.dup || world.chance(0.5) ? 1 + world.below(3) : 1;
  const codes = world.chance(0.2) ? { exit_codes: world.pick([[failure], [failure + 1]]) } : {};
  return {
    id,
    description: '',
    image: 'busybox',
    depends_on: Object.fromEntries(parents.map((parent) => [parent, condition()])),
    variables: {},
    inject_api_token: false,
    always_pull_newest_image: false,
    timeout: 300,
    allow_failure: world.chance(0.2),
    retry: { attempts, interval: world.pick([1, 5, 30]), rate: 1, ...codes },
  };
}

/** How often the task runs at most: an end that its exit codes don't list is final. */
export function attemptsOf({ retry }: TaskConfig, behaviour: Behaviour | undefined): number {
  const listed = !retry?.exit_codes || (!behaviour?.startless && retry.exit_codes.includes(failure));
  return listed ? (retry?.attempts ?? 1) : 1;
}

/** The statuses that the tasks must end with when nothing interferes: a scheduler of its own, in the order of the list. */
export function reference({ config, behaviours }: Scenario): Map<string, TaskStatus> {
  const statuses = new Map<string, TaskStatus>();
  for (const task of config.tasks) {
    const met = Object.entries(task.depends_on).every(([parent, condition]) => {
      const status = statuses.get(parent);
      return condition === 'any' || (condition === 'success' ? status === 'successful' : status === 'failed');
    });
    const behaviour = behaviours.get(task.id);
    const works = (behaviour?.successfulAt ?? 1) <= attemptsOf(task, behaviour);
    statuses.set(task.id, met ? (works ? 'successful' : 'failed') : 'skipped');
  }
  return statuses;
}
