/**
 * The protocol's real functions in a simulated world: a table in memory, Step Functions and ECS with their faults,
 * virtual time, and one seed that decides every interleaving.
 */
import { ensureMachine } from '../../lib/deployment/machine.ts';
import type { Home } from '../../lib/home.ts';
import { writeConfig } from '../../lib/pipeline/stored.ts';
import { type FinishPayload, finish } from '../../lib/run/finish.ts';
import { sweepRuns } from '../../lib/run/sweep.ts';
import { type PipelineItem, pipelineKey } from '../../lib/store/items/pipeline.ts';
import { systemKey } from '../../lib/store/items/system.ts';
import { configKey } from '../../lib/store/items/version.ts';
import { createMemoryTable } from '../../lib/store/memory.ts';
import type { Table } from '../../lib/store/table.ts';
import { type NextPayload, next } from '../../lib/task/next.ts';
import { onTaskStateChange } from '../../lib/task/state-change.ts';
import { createMemoryObjects } from '../memory-objects.ts';
import { createMemorySecrets } from '../memory-secrets.ts';
import { call } from './callers.ts';
import { SimulatedContainers } from './containers.ts';
import { type Faults, faultsOf } from './faults.ts';
import { Invariants } from './invariants.ts';
import { killNowAndThen } from './one-machine.ts';
import { type Scenario, scenariosOf } from './pipeline.ts';
import { StepFunctions } from './step-functions.ts';
import { through } from './through.ts';
import { type Call, isMistake, randomOf, troubled, World } from './world.ts';

/** Virtual seconds after which a run that hasn't settled never will. */
const end = troubled + 14_000;

/** Seconds of peace that are looked at after everything is over. */
const peace = 700;

/** Takes a rule of the design away from what the protocol's functions are given, to see that the simulation notices. */
export type Without = {
  readonly home?: (home: Home) => Home;
  readonly faults?: Partial<Faults>;
  readonly noSweep?: boolean;
  /** A killed server doesn't take up its runs. */
  readonly noResume?: boolean;
};

export type Result = {
  readonly violations: readonly string[];
  readonly trace: readonly string[];
  readonly containers: number;
};

export async function simulate(seed: number, options: { trace?: boolean; without?: Without } = {}): Promise<Result> {
  const faults = { ...faultsOf(seed, randomOf(seed + 7)), ...options.without?.faults };
  const world = new World(seed, { crash: faults.crash, trace: options.trace ?? false });
  world.log(...Object.entries(faults).flatMap(([name, on]) => (on ? [name] : [])));
  const scenarios = new Map(scenariosOf(world, faults).map((scenario) => [scenario.uid, scenario]));
  const memory = createMemoryTable();
  const seats = faults.narrow ? 1 + world.below(2) : undefined;
  const invariants = new Invariants(world, { scenarios, faults, seats, partitions: memory.partitions });
  const table = invariants.watched(memory);

  const containers: SimulatedContainers = new SimulatedContainers(world, faults, {
    created: (container) => invariants.created(container, containers.all),
    refused: (launch) => invariants.refused(launch),
    stopping: (container, why) => invariants.stopping(container, why),
    emit: (container, name) => world.deliver(name, (call) => onTaskStateChange(homeOf(call), container)),
    attemptOf: (launch) => invariants.attemptOf(launch),
    behaviour: ({ uid, task }) =>
      scenarios.get(uid)?.behaviours.get(task) ?? { successfulAt: 1, startless: false, hangs: false },
  });
  const stepFunctions = new StepFunctions(world, faults, {
    invoke: (name, payload, failed) => {
      const crashed = () => world.after(world.random() * 3, () => failed('Lambda.Unknown'));
      if (name === 'next')
        world.spawn(
          `next ${payload['task']} ${payload['token']}`,
          (call) => next(homeOf(call), payload as NextPayload),
          { crashed },
        );
      else
        world.spawn(`finish ${payload['token']}`, (call) => finish(homeOf(call), payload as FinishPayload), {
          crashed,
        });
    },
    runTask: (execution, parameters, timeout) => containers.runTask(execution, parameters, timeout),
  });
  invariants.executions = stepFunctions.executions;

  function homeOf(call: Call): Home {
    const skew = faults.skew ? world.random() * 2000 - 1000 : 0;
    const home: Home = {
      table: through(table, call),
      machines: through(stepFunctions.port, call),
      containers: through(containers.port, call),
      schedules: { set: async () => undefined },
      secrets: createMemorySecrets(),
      objects: createMemoryObjects(),
      logs: {
        read: () => {
          throw new Error('nobody reads logs here');
        },
        remove: async () => undefined,
      },
      now: () => Math.max(0, Math.round(world.now * 1000 + skew)),
      random: world.random,
      afterwards: (work) => work(),
      settings: {
        kind: 'aws',
        network: {},
        cluster: 'c',
        nextFunction: 'next',
        finishFunction: 'finish',
        capacity: [],
        defaultTimeout: 300,
        quiet: 120,
      },
    };
    return options.without?.home?.(home) ?? home;
  }

  if (seats !== undefined) await memory.put({ ...systemKey, max_concurrent_runs: seats });
  for (const scenario of scenarios.values()) {
    await prepare(
      table,
      homeOf((operation) => operation()),
      scenario,
    );
    call(world, faults, scenario, homeOf);
  }
  const sweep = () => {
    const again = () => world.afterUnlessKilled(60, sweep);
    const swept = async (call: Call) => {
      const { errors } = await sweepRuns(homeOf(call));
      for (const { error } of errors) if (isMistake(error)) throw error;
    };
    world.spawn('sweep', swept, { done: again, crashed: again });
  };
  if (!options.without?.noSweep) {
    world.afterUnlessKilled(20, sweep);
    if (faults.twosweeps) world.afterUnlessKilled(45, sweep);
  }
  if (faults.restart)
    killNowAndThen(world, {
      home: homeOf,
      containers,
      stepFunctions,
      resume: !options.without?.noResume,
      sweep: () => !options.without?.noSweep && world.afterUnlessKilled(1, sweep),
    });

  await world.run(end, () => invariants.over(containers.all));
  if (!world.violations.length) invariants.atTheEnd(containers.all);
  if (!world.violations.length) {
    invariants.nothingMore();
    await world.run(world.now + peace, () => false);
  }
  return { violations: world.violations, trace: world.trace, containers: containers.all.length };
}

/** A registered and deployed pipeline. */
async function prepare(table: Table, home: Home, { uid, config }: Scenario): Promise<void> {
  const pipeline: PipelineItem = {
    ...pipelineKey('default', config.id),
    uid,
    namespace: 'default',
    id: config.id,
    state: 'active',
    created: 1,
    modified: 0,
    last_version: 1,
    live: 1,
    parallelism: config.parallelism,
  };
  await table.put(pipeline);
  await table.put({
    ...configKey(uid, 1),
    version: 1,
    config: writeConfig(config),
    hash: '',
    registered: 1,
    deprecated: 0,
  });
  await ensureMachine(home, { uid, namespace: 'default' }, 1, config);
}
