/** What must hold in every world, at every moment and at the end. */
import type { RunItem } from '../../lib/run/run.ts';
import { taskKey } from '../../lib/store/items.ts';
import type { Item, Table } from '../../lib/store/table.ts';
import { type Launch, parseRunName } from '../../lib/task/group.ts';
import type { TaskItem } from '../../lib/task/task.ts';
import type { SimulatedContainer } from './containers.ts';
import { type Faults, isSoft } from './faults.ts';
import { reference, type Scenario } from './pipeline.ts';
import type { Execution } from './step-functions.ts';
import type { World } from './world.ts';

type Partitions = ReadonlyMap<string, ReadonlyMap<string, Item>>;

export class Invariants {
  executions: ReadonlyMap<string, Execution> = new Map();
  readonly #world: World;
  readonly #scenario: Scenario;
  readonly #faults: Faults;
  readonly #partitions: Partitions;
  readonly #attempts = new Map<string, number>();
  readonly #statuses = new Map<string, unknown>();

  constructor(world: World, scenario: Scenario, faults: Faults, partitions: Partitions) {
    this.#world = world;
    this.#scenario = scenario;
    this.#faults = faults;
    this.#partitions = partitions;
  }

  /** Sees every write. */
  watched(table: Table): Table {
    const seen = (item: Item | undefined) => {
      if (item?.pk.startsWith('TASKS#')) this.#taskWritten(item);
      if (item?.sk.startsWith('RUN#')) this.#runWritten(item as unknown as RunItem);
      return item;
    };
    return {
      ...table,
      put: async (item, condition) => seen(await table.put(item, condition)),
      update: async (key, change, condition) => seen(await table.update(key, change, condition)),
    };
  }

  #taskWritten(item: Item): void {
    const id = `${item.pk}/${item.sk}`;
    const before = this.#statuses.get(id);
    if (before !== undefined && item['status'] !== before)
      this.#world.violate(`status of ${id} went from ${before} to ${item['status']}`);
    if (item['status'] !== undefined && before === undefined) {
      this.#statuses.set(id, item['status']);
      this.#world.log('task', id, item['status'], JSON.stringify(item['reason'] ?? ''));
    }
    if (item['phase'] === 'granted') this.#attempts.set(`${id}/${item['launch']}`, item['attempt'] as number);
  }

  #runWritten(run: RunItem): void {
    const id = `run ${run.number}`;
    const before = this.#statuses.get(id);
    const now = run.status ?? run.state;
    if (before === now) return;
    this.#statuses.set(id, now);
    this.#world.log(id, now, run.cancelling ?? '', run.error ?? '');
    const runs = this.#runs();
    const running = runs.filter(({ state }) => state === 'running');
    if (running.length > this.#scenario.limit)
      this.#world.violate(`${running.length} runs at once, allowed ${this.#scenario.limit}`);
    const overtaken = runs.find((other) => other.state === 'pending' && !other.cancelling && other.number < run.number);
    if (now === 'running' && overtaken) this.#world.violate(`${id} overtook run ${overtaken.number}`);
  }

  #runs = (): RunItem[] =>
    [...this.#partitions.values()]
      .flatMap((items) => [...items.values()])
      .filter(({ sk }) => sk.startsWith('RUN#')) as unknown as RunItem[];

  #row = (uid: string, number: number, task: string) => {
    const { pk, sk } = taskKey(uid, number, task);
    return this.#partitions.get(pk)?.get(sk) as TaskItem | undefined;
  };

  attemptOf({ uid, number, task, launch }: Launch): number {
    return this.#attempts.get(`${taskKey(uid, number, task).pk}/${task}/${launch}`) ?? 1;
  }

  created(container: SimulatedContainer, all: readonly SimulatedContainer[]): void {
    const { uid, number, task } = container;
    const parents = Object.keys(this.#scenario.config.tasks.find(({ id }) => id === task)?.depends_on ?? {});
    const open = parents.filter((parent) => !this.#row(uid, number, parent)?.status);
    if (open.length) this.#world.violate(`${container.group} started before its parents ${open}`);
    const living = all.filter((other) => other.number === number && other.task === task && other.status !== 'STOPPED');
    if (living.length) this.#world.violate(`${container.group} started beside ${living.map(({ group }) => group)}`);
    const run = this.#runs().find((one) => one.number === number);
    if (run?.state === 'complete') this.#world.violate(`${container.group} started after its run had settled`);
  }

  atTheEnd(runs: readonly RunItem[], containers: readonly SimulatedContainer[]): void {
    const violate = (what: string) => this.#world.violate(what);
    for (const run of runs) {
      if (run.state !== 'complete')
        violate(`run ${run.number} never settled: it is ${run.state}, open ${[...(run.open ?? [])]}`);
      else if (run.sweep) violate(`the sweep never let go of run ${run.number}`);
    }
    for (const [name, { alive }] of this.executions) {
      if (alive && parseRunName(name)) violate(`execution ${name} waits for ever`);
    }
    for (const container of containers)
      if (container.status !== 'STOPPED') violate(`${container.group} is alive at the end`);
    const pipeline = this.#partitions.get('NAMESPACE#default')?.get(this.#scenario.config.id);
    if (pipeline?.['active']) violate(`slots are still taken: ${[...(pipeline['active'] as Set<number>)]}`);
    for (const run of runs)
      for (const task of this.#scenario.config.tasks) this.#attemptsHold(run, task.id, containers);
    if (isSoft(this.#faults)) for (const run of runs) this.#equalsReference(run, containers);
  }

  #attemptsHold(run: RunItem, task: string, containers: readonly SimulatedContainer[]): void {
    const allowed = this.#scenario.config.tasks.find(({ id }) => id === task)?.retry?.attempts ?? 1;
    const ended = containers.filter((one) => one.number === run.number && one.task === task && one.byItself);
    if (ended.length > allowed)
      this.#world.violate(`${run.number}/${task} ran ${ended.length} times, allowed ${allowed}`);
  }

  #equalsReference(run: RunItem, containers: readonly SimulatedContainer[]): void {
    const expected = reference(this.#scenario);
    const failed = this.#scenario.config.tasks.some(
      ({ id, allow_failure }) => expected.get(id) === 'failed' && !allow_failure,
    );
    const outcome = failed ? 'failed' : 'successful';
    if (run.status !== outcome) this.#world.violate(`run ${run.number} is ${run.status}, should be ${outcome}`);
    for (const task of this.#scenario.config.tasks) {
      const status = this.#row(run.uid, run.number, task.id)?.status;
      const wanted = expected.get(task.id);
      const attempts = Math.min(this.#scenario.behaviours.get(task.id)?.successfulAt ?? 1, task.retry?.attempts ?? 1);
      const launched = containers.filter((one) => one.number === run.number && one.task === task.id).length;
      if (status !== wanted) this.#world.violate(`${run.number}/${task.id} is ${status}, should be ${wanted}`);
      else if (launched !== (wanted === 'skipped' ? 0 : attempts))
        this.#world.violate(`${run.number}/${task.id} had ${launched} containers, should have ${attempts}`);
    }
  }
}
