/**
 * The protocol's real functions in a simulated world: a table in memory, Step Functions and ECS with their faults,
 * virtual time, and one seed that decides every interleaving.
 */

import { ensureMachine } from '../../lib/deployment/machine.ts';
import type { Home } from '../../lib/home.ts';
import { writeConfig } from '../../lib/pipeline/stored.ts';
import { cancelRun } from '../../lib/run/cancel.ts';
import { type FinishPayload, finish } from '../../lib/run/finish.ts';
import type { RunItem } from '../../lib/run/run.ts';
import { startRun } from '../../lib/run/start.ts';
import { sweepRuns } from '../../lib/run/sweep.ts';
import { configKey, type PipelineItem, pipelineKey, pipelinePartition, runPrefix } from '../../lib/store/items.ts';
import { createMemoryTable } from '../../lib/store/memory.ts';
import type { Table } from '../../lib/store/table.ts';
import { cancelTask } from '../../lib/task/cancel.ts';
import { type NextPayload, next } from '../../lib/task/next.ts';
import { onTaskStateChange } from '../../lib/task/state-change.ts';
import { SimulatedContainers } from './containers.ts';
import { type Faults, faultsOf } from './faults.ts';
import { Invariants } from './invariants.ts';
import { type Scenario, scenarioOf } from './pipeline.ts';
import { StepFunctions } from './step-functions.ts';
import { type Call, randomOf, troubled, World } from './world.ts';

export const uid = 'simulated';
/** Virtual seconds after which a run that hasn't settled never will. */
const end = troubled + 14_000;

/** Takes a rule of the design away from what the protocol's functions are given, to see that the simulation notices. */
export type Without = {
  readonly home?: (home: Home) => Home;
  readonly faults?: Partial<Faults>;
  readonly noSweep?: boolean;
};

export type Result = {
  readonly violations: readonly string[];
  readonly trace: readonly string[];
  readonly containers: number;
};

export async function simulate(seed: number, options: { trace?: boolean; without?: Without } = {}): Promise<Result> {
  const faults = { ...faultsOf(seed, randomOf(seed + 7)), ...options.without?.faults };
  const world = new World(seed, { crash: faults.crash, trace: options.trace ?? false });
  const scenario = scenarioOf(world, faults);
  const { config } = scenario;
  const memory = createMemoryTable();
  const invariants = new Invariants(world, scenario, faults, memory.partitions);
  const table = invariants.watched(memory);
  await prepare(table, scenario);

  const containers: SimulatedContainers = new SimulatedContainers(world, faults, {
    created: (container) => invariants.created(container, containers.all),
    emit: (container, name) => world.deliver(name, (call) => onTaskStateChange(homeOf(call), container)),
    attemptOf: (launch) => invariants.attemptOf(launch),
    behaviour: ({ task }) => scenario.behaviours.get(task) ?? { successfulAt: 1, hangs: false },
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
      logs: {
        read: () => {
          throw new Error('nobody reads logs here');
        },
        remove: async () => undefined,
      },
      now: () => Math.round(world.now * 1000 + skew),
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

  await ensureMachine(
    homeOf((operation) => operation()),
    uid,
    1,
    config,
  );
  const request = (name: string, work: (home: Home) => Promise<unknown>) => {
    const crashed = () => world.chance(0.5) && world.after(world.random() * 20, () => request(name, work));
    world.spawn(name, (call) => work(homeOf(call)), { crashed });
  };
  const runs = () =>
    [...(memory.partitions.get(pipelinePartition(uid))?.values() ?? [])].filter(({ sk }) =>
      sk.startsWith(runPrefix),
    ) as unknown as RunItem[];
  for (let i = 0; i < scenario.runs; i++) {
    world.after(world.random() * 60, () => {
      const start = {
        namespace: 'default',
        pipeline: config.id,
        variables: {},
        initiator: { id: '', user: '' },
        idempotencyKey: `key ${i}`,
      };
      request('start', (home) => startRun(home, start));
    });
  }
  for (let number = 1; number <= scenario.runs; number++) {
    const task = world.pick(config.tasks).id;
    if (faults.cancel && world.chance(0.7))
      world.after(world.random() * 250, () =>
        request(`cancel ${number}`, (home) => cancelRun(home, { uid, number }, 'user')),
      );
    if (faults.cancelTask && world.chance(0.8))
      world.after(world.random() * 250, () =>
        request(`cancel ${number}/${task}`, (home) => cancelTask(home, { uid, number, task })),
      );
  }
  const sweep = () => {
    const again = () => world.after(60, sweep);
    const swept = async (call: Call) => {
      const { errors } = await sweepRuns(homeOf(call));
      for (const { error } of errors) if (error instanceof TypeError) throw error;
    };
    world.spawn('sweep', swept, { done: again, crashed: again });
  };
  if (!options.without?.noSweep) {
    world.after(20, sweep);
    if (faults.twosweeps) world.after(45, sweep);
  }

  const over = () =>
    runs().length > 0 &&
    runs().every(({ state, sweep }) => state === 'complete' && !sweep) &&
    containers.all.every(({ status }) => status === 'STOPPED');
  await world.run(end, over);
  if (!world.violations.length) invariants.atTheEnd(runs(), containers.all);
  return { violations: world.violations, trace: world.trace, containers: containers.all.length };
}

/** A registered and deployed pipeline. */
async function prepare(table: Table, { config, limit }: Scenario): Promise<void> {
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
    parallelism: limit,
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
}

/** Every method of a port becomes a call of the process. */
function through<T extends object>(port: T, call: Call): T {
  return new Proxy(port, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      return typeof method === 'function'
        ? (...args: unknown[]) => call(() => Reflect.apply(method, target, args) as Promise<unknown>)
        : method;
    },
  });
}
