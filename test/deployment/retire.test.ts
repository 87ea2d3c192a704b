import { describe, expect, test } from 'vitest';
import { deploy } from '../../lib/deployment/deploy.ts';
import { sweepRetirements } from '../../lib/deployment/retire.ts';
import { sweepDeployments } from '../../lib/deployment/sweep.ts';
import type { Home } from '../../lib/home.ts';
import { deletePipeline } from '../../lib/pipeline/delete.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import type { ExecutionState } from '../../lib/ports/machines.ts';
import { findRun } from '../../lib/run/load.ts';
import type { RunItem } from '../../lib/run/run.ts';
import { startRun } from '../../lib/run/start.ts';
import { sweepRuns } from '../../lib/run/sweep.ts';
import { namespaceKey } from '../../lib/store/items/pipeline.ts';
import { runKey } from '../../lib/store/items/run.ts';
import { type ConfigItem, configKey } from '../../lib/store/items/version.ts';
import { createMemoryTable } from '../../lib/store/memory.ts';
import { configOf, createMemoryHome, interleavedTable, seeds } from '../memory-home.ts';

const hour = 3600;

/** Machines that exist, and executions that need theirs; what may never happen is written down. */
function createAccount() {
  const table = createMemoryTable();
  const machines = new Set<string>();
  const definitions = new Set<string>();
  const running = new Map<string, string>();
  const wrong: string[] = [];
  const base = createMemoryHome({ table });
  /** A process of its own; `seed` decides how its calls interleave with those of others. */
  const home = (seed?: number, calls = Number.POSITIVE_INFINITY): Home => {
    let left = calls;
    const alive = async <Result>(work: () => Result): Promise<Result> => {
      if (left-- <= 0) throw new Error('the process died here');
      return work();
    };
    const own = seed === undefined ? table : interleavedTable(table, seed);
    return {
      ...base,
      table: {
        get: (key) => alive(() => own.get(key)).then((found) => found),
        getMany: (keys) => alive(() => own.getMany(keys)).then((found) => found),
        query: (pk, range) => alive(() => own.query(pk, range)).then((found) => found),
        swept: (kind) => alive(() => own.swept(kind)).then((found) => found),
        put: (item, condition) => alive(() => own.put(item, condition)).then((found) => found),
        update: (key, change, condition) => alive(() => own.update(key, change, condition)).then((found) => found),
        delete: (key, condition) => alive(() => own.delete(key, condition)).then((found) => found),
      },
      machines: {
        ...base.machines,
        ensure: (name) => alive(() => void machines.add(name)),
        remove: (name) =>
          alive(() => {
            for (const [run, machine] of running) if (machine === name) wrong.push(`${run} lost its machine`);
            machines.delete(name);
          }),
        start: ({ name, machine }) =>
          alive(() => {
            if (!machines.has(machine)) wrong.push(`${name} has no machine`);
            running.set(name, machine);
          }),
        describe: ({ name }) =>
          alive((): ExecutionState | undefined => (running.has(name) ? { state: 'running' } : undefined)),
      },
      containers: {
        ...base.containers,
        define: (each) => alive(() => String(definitions.add(each.image) && each.image)),
        forget: (image) => alive(() => void definitions.delete(image)),
      },
    };
  };
  return { home, base, machines, definitions, running, wrong, table };
}

type Account = ReturnType<typeof createAccount>;

const pipeline = 'build';
const wanted = { namespace: 'default', pipeline };
const register = (home: Home, image: string) =>
  // One command a version: each has a machine of its own.
  registerConfig(home, {
    ...wanted,
    config: { ...configOf(pipeline, image), tasks: [{ id: `task-${image}`, image, command: ['true'] }] },
  });
const release = async (home: Home, image: string) => {
  const { config } = await register(home, image);
  return deploy(home, { ...wanted, version: config.version });
};
const start = (home: Home) => startRun(home, { ...wanted, variables: {}, initiator: { id: '', user: '' } });

async function prepared(): Promise<Account> {
  const account = createAccount();
  const namespace = { id: 'default', name: 'default', description: '', created: 0, modified: 0 };
  await account.base.table.put({ ...namespaceKey('default'), ...namespace });
  return account;
}

/** The run is over, and its execution with it. */
async function end({ base, running }: Account, { uid, number }: RunItem): Promise<void> {
  running.delete(`${uid}_${number}`);
  const set = { state: 'complete', status: 'successful', ended: base.now() };
  await base.table.update(runKey(uid, number), { set, remove: ['open', 'sweep'] });
}

const hours = async ({ base }: Account, count: number, home: Home) => {
  for (let i = 0; i < count; i++) {
    await sweepRetirements(home);
    base.pass(hour + 1);
  }
};
const machineOf = async ({ table }: Account, uid: string, version: number) =>
  ((await table.get(configKey(uid, version))) as ConfigItem | undefined)?.machine;

describe('the sweep removes machines and task definitions', () => {
  test('of versions that are neither live, nor what a rollback leads to, nor newest', async () => {
    const account = await prepared();
    const { base, machines, definitions } = account;
    const home = account.home();
    for (const image of ['a', 'b', 'c']) await release(home, image);
    await register(home, 'd');
    await hours(account, 4, home);
    const { uid } = (await start(home)) as RunItem;
    expect(definitions).toEqual(new Set(['b', 'c']));
    expect(machines).toEqual(new Set([await machineOf(account, uid, 2), await machineOf(account, uid, 3)]));
    expect(base.settings.kind).toBe('local');
  });

  test('not before an hour has passed in which nothing named them', async () => {
    const account = await prepared();
    const home = account.home();
    for (const image of ['a', 'b', 'c']) await release(home, image);
    for (let minutes = 0; minutes < 59; minutes++) {
      await sweepRetirements(home);
      account.base.pass(60);
    }
    expect(account.machines.size).toBe(3);
  });

  test('not while a run waits or runs on them', async () => {
    const account = await prepared();
    const home = account.home();
    await release(home, 'a');
    const run = await start(home);
    for (const image of ['b', 'c']) await release(home, image);
    await hours(account, 5, home);
    expect(account.machines.has(run.machine)).toBe(true);
    await end(account, run);
    await hours(account, 4, home);
    expect(account.machines.has(run.machine)).toBe(false);
    expect(account.wrong).toEqual([]);
  });

  test('and makes them again under another name when the version is deployed again', async () => {
    const account = await prepared();
    const home = account.home();
    await release(home, 'a');
    const first = await start(home);
    await end(account, first);
    for (const image of ['b', 'c']) await release(home, image);
    await hours(account, 3, home);
    await deploy(home, { ...wanted, version: 1 });
    const again = await start(home);
    expect(again.machine).not.toBe(first.machine);
    expect(account.machines.has(again.machine)).toBe(true);
    expect(account.definitions.has('a')).toBe(true);
    expect(account.wrong).toEqual([]);
  });

  test('but no definition that another pipeline uses', async () => {
    const account = await prepared();
    const home = account.home();
    await registerConfig(home, { namespace: 'default', pipeline: 'other', config: configOf('other', 'a') });
    await deploy(home, { namespace: 'default', pipeline: 'other', version: 1 });
    for (const image of ['a', 'b', 'c']) await release(home, image);
    await hours(account, 4, home);
    expect(account.definitions).toEqual(new Set(['a', 'b', 'c']));
    expect(account.machines.size).toBe(3);
  });

  test('all of them when the pipeline is deleted', async () => {
    const account = await prepared();
    const home = account.home();
    for (const image of ['a', 'b']) await release(home, image);
    await deletePipeline(home, 'default', pipeline);
    await hours(account, 3, home);
    expect(account.machines).toEqual(new Set());
    expect(account.definitions).toEqual(new Set());
  });

  test('and asks no more when nothing is left to do', async () => {
    const account = await prepared();
    const home = account.home();
    for (const image of ['a', 'b', 'c']) await release(home, image);
    await hours(account, 30, home);
    expect(await account.table.swept('retirement')).toEqual([]);
  });
});

test('a sweep that dies between any two steps leaves nothing behind for good, and takes nothing that is needed', async () => {
  for (let calls = 1; ; calls++) {
    const account = await prepared();
    for (const image of ['a', 'b', 'c']) await release(account.home(), image);
    let died = false;
    for (let i = 0; i < 3; i++) {
      const { errors } = await sweepRetirements(account.home(undefined, calls)).catch(() => ({ errors: [1] }));
      died ||= errors.length > 0;
      account.base.pass(hour + 1);
    }
    await hours(account, 4, account.home());
    expect([calls, account.definitions]).toEqual([calls, new Set(['b', 'c'])]);
    expect([calls, account.machines.size]).toEqual([calls, 2]);
    if (!died) return;
  }
});

test('a run never loses its machine, whatever is deployed, started and swept at once', async () => {
  for (const seed of seeds(60)) {
    const account = await prepared();
    const { random } = createMemoryHome({ seed });
    const below = (n: number) => Math.floor(random() * n);
    for (const image of ['a', 'b', 'c']) await release(account.home(), image);
    const open: RunItem[] = [];
    for (let round = 0; round < 6; round++) {
      const process = (n: number) =>
        account.home(seed * 1000 + round * 10 + n, random() < 0.3 ? 5 + below(40) : undefined);
      await Promise.allSettled([
        sweepRetirements(process(1)),
        sweepRetirements(process(2)),
        deploy(process(3), { ...wanted, version: 1 + below(3) }),
        start(process(4)).then((run) => open.push(run)),
        start(process(5)).then((run) => open.push(run)),
      ]);
      if (random() < 0.5) for (const run of open.splice(0, below(open.length + 1))) await end(account, run);
      account.base.pass(below(2 * hour));
      await sweepDeployments(account.home());
      await sweepRuns(account.home());
    }
    expect([seed, account.wrong]).toEqual([seed, []]);
    for (const run of open) expect((await findRun(account.base, run.uid, run.number))?.begun).toBe(true);
  }
});
