/** What must hold in every world, at every moment and at the end. */
import { inspect } from 'node:util';
import type { RunItem } from '../../lib/run/run.ts';
import { pipelineKey, pipelinePartition } from '../../lib/store/items/pipeline.ts';
import { runPrefix, taskKey, tasksPartition } from '../../lib/store/items/run.ts';
import { lineKey } from '../../lib/store/items/system.ts';
import type { Change, Item, Table } from '../../lib/store/table.ts';
import { groupOf, type Launch, parseRunName } from '../../lib/task/group.ts';
import type { TaskItem } from '../../lib/task/task.ts';
import type { SimulatedContainer } from './containers.ts';
import { type Faults, isSoft } from './faults.ts';
import { History } from './history.ts';
import { attemptsOf, reference, type Scenario } from './pipeline.ts';
import type { Execution } from './step-functions.ts';
import { troubled, type World } from './world.ts';

type Partitions = ReadonlyMap<string, ReadonlyMap<string, Item>>;

/** Seconds in which the last events and invocations of a run that is over may still come. */
const lag = 600;

/** Seconds beyond its timeout after which a container must have been stopped, whatever was lost. */
const patience = 600;

type Given = {
  readonly scenarios: ReadonlyMap<string, Scenario>;
  readonly faults: Faults;
  /** Runs at once, of all pipelines. */
  readonly seats: number | undefined;
  readonly partitions: Partitions;
};

export class Invariants {
  executions: ReadonlyMap<string, Execution> = new Map();
  readonly #world: World;
  readonly #scenarios: ReadonlyMap<string, Scenario>;
  readonly #faults: Faults;
  readonly #seats: number;
  readonly #partitions: Partitions;
  readonly #history: History;
  readonly #refused = new Map<string, Set<string>>();
  readonly #attempts = new Map<string, number>();
  readonly #statuses = new Map<string, unknown>();
  #over = false;

  constructor(world: World, { scenarios, faults, seats, partitions }: Given) {
    this.#world = world;
    this.#scenarios = scenarios;
    this.#faults = faults;
    this.#seats = seats ?? Number.POSITIVE_INFINITY;
    this.#partitions = partitions;
    this.#history = new History(world);
  }

  /** Sees every write. */
  watched(table: Table): Table {
    const seen = (item: Item | undefined, change?: Change) => {
      if (!item) return item;
      if (item.pk.startsWith('EVENTS#')) {
        this.#history.written(item);
        return item;
      }
      if (this.#over)
        this.#world.violate(
          `${item.pk}/${item.sk} was written after everything was over: ${inspect(change, { breakLength: Number.POSITIVE_INFINITY })}`,
        );
      if (item.pk.startsWith('TASKS#')) this.#taskWritten(item);
      if (item.sk.startsWith(runPrefix)) this.#runWritten(item as unknown as RunItem);
      return item;
    };
    return {
      ...table,
      put: async (item, condition) => seen(await table.put(item, condition)),
      update: async (key, change, condition) => seen(await table.update(key, change, condition), change),
    };
  }

  #taskWritten(item: Item): void {
    const id = `${item.pk}/${item.sk}`;
    const before = this.#statuses.get(id);
    const { status } = item;
    if (before !== undefined && status !== before)
      this.#world.violate(`status of ${id} went from ${before} to ${status}`);
    if (status !== undefined && before === undefined) {
      this.#statuses.set(id, status);
      this.#world.log('task', id, status, JSON.stringify(item['reason'] ?? ''));
      if (status !== 'successful' && !item['reason']) this.#world.violate(`${id} is ${status} for no reason`);
    }
    if (item['phase'] === 'granted') this.#attempts.set(`${id}/${item['launch']}`, item['attempt'] as number);
  }

  #runWritten(run: RunItem): void {
    const id = `run ${run.uid} ${run.number}`;
    const before = this.#statuses.get(id);
    const now = run.status ?? run.state;
    if (before === now) return;
    this.#statuses.set(id, now);
    this.#world.log(id, now, run.cancelling ?? '', run.error ?? '');
    const runs = this.#runsOf(run.uid);
    const running = runs.filter(({ state }) => state === 'running');
    const limit = this.#scenarios.get(run.uid)?.config.parallelism || Number.POSITIVE_INFINITY;
    if (running.length > limit) this.#world.violate(`${running.length} runs at once, allowed ${limit}`);
    const everywhere = this.#runs().filter(({ state }) => state === 'running');
    if (everywhere.length > this.#seats)
      this.#world.violate(`${everywhere.length} runs of all pipelines at once, allowed ${this.#seats}`);
    const overtaken = runs.find((other) => other.state === 'pending' && !other.cancelling && other.number < run.number);
    if (now === 'running' && overtaken) this.#world.violate(`${id} overtook run ${overtaken.number}`);
    if (run.status && run.status !== 'successful' && !run.reason)
      this.#world.violate(`${id} is ${run.status} for no reason`);
    if (run.status && run.status !== this.#outcomeOf(run))
      this.#world.violate(`${id} settled as ${run.status}, its facts say ${this.#outcomeOf(run)}`);
    const same = runs.filter(({ request }) => request !== undefined && request === run.request);
    if (same.length > 1) this.#world.violate(`${id} is a second run for ${run.request}`);
  }

  #runsOf = (uid: string): RunItem[] =>
    [...(this.#partitions.get(pipelinePartition(uid))?.values() ?? [])].filter(({ sk }) =>
      sk.startsWith(runPrefix),
    ) as unknown as RunItem[];

  #outcomeOf(run: RunItem): RunItem['status'] {
    const tasks = this.#scenarios.get(run.uid)?.config.tasks ?? [];
    const statusOf = (id: string) => this.#row(run.uid, run.number, id)?.status;
    const failed = tasks.some(({ id, allow_failure }) => statusOf(id) === 'failed' && !allow_failure);
    if (failed || run.error !== undefined || run.cancelling === 'timeout') return 'failed';
    return run.cancelling || tasks.some(({ id }) => statusOf(id) === 'cancelled') ? 'cancelled' : 'successful';
  }

  #runs = () => [...this.#scenarios.keys()].flatMap(this.#runsOf);

  #row = (uid: string, number: number, task: string) => {
    const { pk, sk } = taskKey(uid, number, task);
    return this.#partitions.get(pk)?.get(sk) as TaskItem | undefined;
  };

  attemptOf({ uid, number, task, launch }: Launch): number {
    return this.#attempts.get(`${taskKey(uid, number, task).pk}/${task}/${launch}`) ?? 1;
  }

  created(container: SimulatedContainer, all: readonly SimulatedContainer[]): void {
    const { uid, number, task } = container;
    const parents = this.#scenarios.get(uid)?.config.tasks.find(({ id }) => id === task)?.depends_on ?? {};
    const open = Object.keys(parents).filter((parent) => !this.#row(uid, number, parent)?.status);
    if (open.length) this.#world.violate(`${container.group} started before its parents ${open}`);
    const living = ofTask(all, container).filter(({ status }) => status !== 'STOPPED');
    if (living.length) this.#world.violate(`${container.group} started beside ${living.map(({ group }) => group)}`);
    const run = this.#runsOf(uid).find((one) => one.number === number);
    if (run?.state === 'complete') this.#world.violate(`${container.group} started after its run had settled`);
  }

  /** Waiting for room costs an execution history, so a run may look for it about once a minute, however many tasks wait. */
  refused(launch: Launch): void {
    const id = `${launch.uid} ${launch.number}`;
    const launches = this.#refused.get(id) ?? new Set();
    this.#refused.set(id, launches.add(groupOf(launch)));
    const tasks = this.#scenarios.get(launch.uid)?.config.tasks.length ?? 0;
    // Before a launch is held, the machine tries it four times.
    const allowed = tasks * 4 + this.#world.now / 60;
    if (launches.size > allowed)
      this.#world.violate(`run ${id} looked for room ${launches.size} times in ${this.#world.now} s`);
  }

  /** The task's timeout, counted from RUNNING: nobody may be called overdue before. */
  stopping({ group, started = this.#world.now }: SimulatedContainer, why: string): void {
    const ran = this.#world.now - started;
    if (why.startsWith('timeout:') && ran < 299) this.#world.violate(`${group} was called overdue after ${ran} s`);
  }

  /** Nothing is left to happen but what comes late or twice. */
  over(containers: readonly SimulatedContainer[]): boolean {
    const runs = this.#runs();
    return (
      runs.length > 0 &&
      runs.every(
        ({ state, sweep, ended = 0 }) => state === 'complete' && !sweep && ended / 1000 < this.#world.now - lag,
      ) &&
      containers.every(({ status }) => status === 'STOPPED')
    );
  }

  /** From now on no write may happen. */
  nothingMore(): void {
    this.#over = true;
  }

  atTheEnd(containers: readonly SimulatedContainer[]): void {
    const violate = (what: string) => this.#world.violate(what);
    for (const [name, { alive }] of this.executions) {
      if (alive && parseRunName(name)) violate(`execution ${name} waits for ever`);
    }
    for (const { group, status, started, ended } of containers) {
      if (status !== 'STOPPED') violate(`${group} is alive at the end`);
      const ran = started === undefined ? 0 : (ended ?? 0) - started;
      // Sweeps may fail one after another as long as things go wrong.
      const calm = (ended ?? 0) - troubled;
      if (ran > 300 + patience && calm > patience / 2) violate(`${group} ran for ${ran} s, allowed 300 s`);
    }
    const line = this.#partitions.get(lineKey.pk)?.get(lineKey.sk)?.['waiting'];
    if (line) violate(`somebody still waits for a seat: ${[...(line as Set<string>)]}`);
    for (const scenario of this.#scenarios.values()) this.#scenarioEnded(scenario, containers);
  }

  #scenarioEnded(scenario: Scenario, containers: readonly SimulatedContainer[]): void {
    const { uid, config } = scenario;
    const { pk, sk } = pipelineKey('default', config.id);
    const active = this.#partitions.get(pk)?.get(sk)?.['active'];
    if (active) this.#world.violate(`slots of ${uid} are still taken: ${[...(active as Set<number>)]}`);
    for (const run of this.#runsOf(uid)) {
      const id = `run ${uid} ${run.number}`;
      if (run.state !== 'complete')
        this.#world.violate(`${id} never settled: it is ${run.state}, open ${[...(run.open ?? [])]}`);
      else if (run.sweep) this.#world.violate(`the sweep never let go of ${id}`);
      for (const task of config.tasks) this.#attemptsHold(scenario, run, task.id, containers);
      const rows = [...(this.#partitions.get(tasksPartition(uid, run.number))?.values() ?? [])];
      this.#history.complete(run, rows as unknown as TaskItem[]);
      if (isSoft(this.#faults)) this.#equalsReference(scenario, run, containers);
    }
  }

  #attemptsHold({ uid, config }: Scenario, run: RunItem, task: string, all: readonly SimulatedContainer[]): void {
    const allowed = config.tasks.find(({ id }) => id === task)?.retry?.attempts ?? 1;
    const ended = ofTask(all, { uid, number: run.number, task }).filter(
      ({ stopCode }) => stopCode === 'EssentialContainerExited' || stopCode === 'TaskFailedToStart',
    );
    if (ended.length > allowed)
      this.#world.violate(`${uid} ${run.number}/${task} ran ${ended.length} times, allowed ${allowed}`);
  }

  #equalsReference(scenario: Scenario, { uid, number, status }: RunItem, all: readonly SimulatedContainer[]): void {
    const { config, behaviours } = scenario;
    const expected = reference(scenario);
    const failed = config.tasks.some(({ id, allow_failure }) => expected.get(id) === 'failed' && !allow_failure);
    const outcome = failed ? 'failed' : 'successful';
    if (status !== outcome) this.#world.violate(`run ${uid} ${number} is ${status}, should be ${outcome}`);
    for (const task of config.tasks) {
      const found = this.#row(uid, number, task.id)?.status;
      const wanted = expected.get(task.id);
      const behaviour = behaviours.get(task.id);
      const attempts = wanted === 'skipped' ? 0 : Math.min(behaviour?.successfulAt ?? 1, attemptsOf(task, behaviour));
      const launched = ofTask(all, { uid, number, task: task.id });
      const ended = launched.filter(({ stopCode }) => stopCode !== 'SpotInterruption').length;
      const id = `${uid} ${number}/${task.id}`;
      if (found !== wanted) this.#world.violate(`${id} is ${found}, should be ${wanted}`);
      else if (ended !== attempts) this.#world.violate(`${id} had ${ended} containers, should have ${attempts}`);
    }
  }
}

const ofTask = (all: readonly SimulatedContainer[], wanted: Omit<Launch, 'launch'>) =>
  all.filter(({ uid, number, task }) => uid === wanted.uid && number === wanted.number && task === wanted.task);
