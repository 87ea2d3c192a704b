/** ECS in virtual time: launches that come late or in doubt, events that are lost, doubled and late, listings that lag. */
import type { Container, Containers } from '../../lib/ports/containers.ts';
import { groupOf, type Launch, parseGroup } from '../../lib/task/group.ts';
import type { Faults } from './faults.ts';
import { type Execution, StateError } from './step-functions.ts';
import type { World } from './world.ts';

/** How a task of the simulated pipeline behaves. */
export type Behaviour = {
  /** The attempt that succeeds. */
  readonly successfulAt: number;
  /** Attempts before that don't even start, as with an image that can't be pulled. */
  readonly startless: boolean;
  readonly hangs: boolean;
};

/** Exit code of attempts that fail. */
export const failure = 3;

export type SimulatedContainer = Launch & {
  readonly arn: string;
  readonly group: string;
  readonly attempt: number;
  readonly born: number;
  status: 'PENDING' | 'RUNNING' | 'STOPPED';
  started?: number;
  ended?: number;
  exitCode?: number;
  /** How it ended: by itself, or it was stopped. */
  stopCode?: 'EssentialContainerExited' | 'TaskFailedToStart' | 'UserInitiated' | 'SpotInterruption';
  stopping?: number;
  readonly waiters: (() => void)[];
};

export type Watchers = {
  /** Before a container is made: the invariants of launching. */
  readonly created: (container: SimulatedContainer) => void;
  /** A launch for which there is no room. */
  readonly refused: (launch: Launch) => void;
  readonly emit: (container: Container, name: string) => void;
  readonly attemptOf: (launch: Launch) => number;
  readonly behaviour: (launch: Launch) => Behaviour;
  /** When something asks that it be stopped. */
  readonly stopping: (container: SimulatedContainer, why: string) => void;
};

/** Longest time that an accepted RunTask takes to show, and that a listing may lag behind. */
const landing = 45;
const listingLag = 8;

const noRoom = 'You’ve reached the limit on the number of vCPUs you can run concurrently.';

/** All tasks of the simulation are alike. */
const definition = 'definition';

export class SimulatedContainers {
  readonly all: SimulatedContainer[] = [];
  #defined = false;
  /** Until when there is room for next to nothing, in virtual seconds. */
  readonly #crowded: number;
  readonly #world: World;
  readonly #faults: Faults;
  readonly #watchers: Watchers;

  constructor(world: World, faults: Faults, watchers: Watchers) {
    this.#world = world;
    this.#faults = faults;
    this.#watchers = watchers;
    this.#crowded = faults.crowded ? world.pick([200, 1500, 4500]) : 0;
  }

  readonly port: Containers = {
    nameOf: () => definition,
    define: async () => {
      this.#defined = true;
      return definition;
    },
    forget: async () => {
      this.#defined = false;
    },
    list: async (run) =>
      this.all.filter((container) => container.group.startsWith(`${run}/`) && this.#listed(container)).map(described),
    listAll: async () => this.all.filter((container) => this.#listed(container)).map(described),
    stop: async (arn, reason) => {
      const container = this.all.find((one) => one.arn === arn);
      if (container) this.stop(container, reason);
    },
  };

  #listed(container: SimulatedContainer): boolean {
    const lag = (listingLag * ((container.arn.length * 7 + this.all.length) % 10)) / 10;
    const forgotten = container.ended !== undefined && this.#world.now - container.ended > 3600;
    return this.#world.now - container.born > lag && !forgotten;
  }

  /** `ecs:runTask.sync`, with the ways it may go wrong. */
  async runTask(
    execution: Execution,
    parameters: Record<string, unknown>,
    timeout: number,
  ): Promise<Record<string, unknown>> {
    const world = this.#world;
    const launch = parseGroup(String(parameters['Group']));
    if (!launch) throw new Error(`no group in ${JSON.stringify(parameters)}`);
    const dead = () => new Promise<never>(() => undefined);
    await world.sleep(
      world.random() * 0.5 + (world.troubles && this.#faults.throttle && world.chance(0.1) ? world.random() * 200 : 0),
    );
    if (!execution.alive) return dead();
    if (world.troubles && this.#faults.undefine && world.chance(0.05)) this.#defined = false;
    // One machine removes only what nothing uses.
    if (!this.#defined && !this.#faults.restart)
      throw new StateError('ECS.ClientException', 'TaskDefinition not found.');
    if (!this.#hasRoom(launch)) {
      this.#watchers.refused(launch);
      throw new StateError(world.pick(['AmazonECS.Unknown', 'ECS.AmazonECSException']), noRoom);
    }
    const refused = world.troubles && this.#faults.refuse && world.chance(0.15);
    const doubtful = !refused && world.troubles && this.#faults.server && world.chance(0.15);
    await world.sleep(world.chance(0.8) ? world.random() : world.random() * landing);
    if (this.#faults.restart && !execution.alive) return dead();
    const container = !refused && (!doubtful || world.chance(0.5)) ? this.#joined(launch) : undefined;
    if (container && (!doubtful || world.chance(0.5)))
      execution.launched.push(() => this.stop(container, 'by the machine'));
    if (container && !execution.alive && !doubtful && world.chance(0.5))
      world.after(3, () => this.stop(container, 'by the machine, late'));
    await world.sleep(world.random() * 0.5);
    if (!execution.alive) return dead();
    if (doubtful) throw new StateError('ECS.ServerException');
    if (!container) throw new StateError('AmazonECS.Unknown');
    const ended = await this.#endOf(container, timeout);
    if (!execution.alive) return dead();
    if (ended === 'timeout') {
      if (world.chance(0.5)) this.stop(container, 'by the machine: time-out');
      throw new StateError('States.Timeout');
    }
    if (container.exitCode === 0) return { TaskArn: container.arn };
    throw new StateError('States.TaskFailed', JSON.stringify(cause(container)));
  }

  /** One that exists already is joined, and needs none. */
  #hasRoom(launch: Launch): boolean {
    const world = this.#world;
    if (world.now >= this.#crowded) return true;
    if (this.#faults.restart && this.all.some(({ group }) => group === groupOf(launch))) return true;
    return world.now > this.#crowded / 2 && !this.all.some(({ status }) => status !== 'STOPPED');
  }

  #endOf(container: SimulatedContainer, timeout: number): Promise<'ended' | 'timeout'> {
    const world = this.#world;
    return new Promise((resolve) => {
      const ended = () => world.after(world.random() * (world.chance(0.8) ? 2 : 30), () => resolve('ended'));
      container.waiters.push(ended);
      if (container.status === 'STOPPED') ended();
      world.after(timeout, () => resolve('timeout'));
    });
  }

  /** One machine never makes two containers of one group: a launch that is repeated joins the first. */
  #joined(launch: Launch): SimulatedContainer {
    const group = groupOf(launch);
    return (this.#faults.restart && this.all.find((one) => one.group === group)) || this.#create(launch);
  }

  /** The server starts again: it tells of every container that it finds, whatever was told before. */
  resume(): void {
    for (const container of this.all) if (container.status !== 'PENDING') this.#emit(container);
  }

  #create(launch: Launch): SimulatedContainer {
    const world = this.#world;
    const container: SimulatedContainer = {
      ...launch,
      arn: `c${this.all.length + 1}`,
      group: groupOf(launch),
      attempt: this.#watchers.attemptOf(launch),
      born: world.now,
      status: 'PENDING',
      waiters: [],
    };
    world.log('container', container.arn, container.group, 'attempt', container.attempt);
    this.#watchers.created(container);
    this.all.push(container);
    world.after(world.random() * 40, () => {
      if (container.status !== 'PENDING') return;
      const { hangs, startless, successfulAt } = this.#watchers.behaviour(launch);
      const fails = container.attempt < successfulAt;
      if (fails && startless) return this.#end(container, undefined, 'TaskFailedToStart');
      container.status = 'RUNNING';
      container.started = world.now;
      this.#emit(container);
      const duration = hangs ? 5000 : world.pick([0, 1, 8, 40]);
      world.after(duration, () => this.#end(container, fails ? failure : 0, 'EssentialContainerExited'));
      if (this.#faults.spot && world.troubles && world.chance(0.2))
        world.after(world.random() * 40, () => this.#end(container, 143, 'SpotInterruption'));
    });
    return container;
  }

  stop(container: SimulatedContainer, why: string): void {
    const world = this.#world;
    if (container.status === 'STOPPED' || container.stopping !== undefined) return;
    this.#watchers.stopping(container, why);
    container.stopping = world.now;
    world.log('StopTask', container.arn, why);
    world.after(world.random() * (container.status === 'PENDING' ? 5 : 12), () => {
      const exitCode = container.started === undefined ? undefined : world.chance(0.1) ? 0 : 143;
      this.#end(container, exitCode, 'UserInitiated');
    });
  }

  #end(
    container: SimulatedContainer,
    exitCode: number | undefined,
    stopCode: NonNullable<SimulatedContainer['stopCode']>,
  ): void {
    if (container.status === 'STOPPED') return;
    container.status = 'STOPPED';
    container.ended = this.#world.now;
    container.stopCode = stopCode;
    if (exitCode !== undefined) container.exitCode = exitCode;
    this.#world.log('STOPPED', container.arn, stopCode, 'exit', exitCode);
    this.#emit(container);
    for (const waiter of container.waiters) waiter();
  }

  #emit(container: SimulatedContainer): void {
    const world = this.#world;
    const event = described(container);
    for (let i = this.#faults.dup && world.chance(0.2) ? 2 : 1; i > 0; i--) {
      if (this.#faults.loss && world.troubles && world.chance(0.15)) {
        world.log('LOST', container.arn, event.lastStatus);
        continue;
      }
      const late = this.#faults.late && world.chance(0.2) ? 400 : 40;
      const delay = world.random() * (world.chance(0.7) ? 2 : late);
      world.after(delay, () => this.#watchers.emit(event, `${event.lastStatus} ${container.arn}`));
    }
  }
}

function described(container: SimulatedContainer): Container {
  const { arn, group, status, exitCode, started, ended, stopCode } = container;
  return {
    arn,
    group,
    lastStatus: status,
    createdAt: container.born * 1000,
    ...(started !== undefined && { startedAt: started * 1000 }),
    ...(ended !== undefined && { stoppedAt: ended * 1000 }),
    ...(stopCode !== undefined && { stopCode }),
    ...(exitCode !== undefined && { exitCode }),
  };
}

/** The Cause of `States.TaskFailed`: the stopped task in PascalCase. */
function cause({ arn, group, exitCode, stopCode, started, ended }: SimulatedContainer) {
  return {
    TaskArn: arn,
    Group: group,
    LastStatus: 'STOPPED',
    StopCode: stopCode,
    ...(started !== undefined && { StartedAt: started * 1000 }),
    StoppedAt: (ended ?? 0) * 1000,
    Containers: [{ Name: 'task', ...(exitCode !== undefined && { ExitCode: exitCode }) }],
  };
}
