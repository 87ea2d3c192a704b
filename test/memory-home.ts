/** A home in memory: the table, machines and containers that only remember what they were asked, a clock that ticks. */
import type { Home, Settings } from '../lib/home.ts';
import type { ScheduleInput } from '../lib/ports/schedules.ts';
import { createMemoryTable } from '../lib/store/memory.ts';
import type { Table } from '../lib/store/table.ts';
import { createMemoryObjects } from './memory-objects.ts';
import { createMemorySecrets, type MemorySecrets } from './memory-secrets.ts';

export type MemoryHome = Home & {
  readonly objects: ReturnType<typeof createMemoryObjects>;
  readonly secrets: MemorySecrets;
  /** Names of the machines that exist. */
  readonly ensured: Set<string>;
  /** Images of the defined tasks. */
  readonly defined: Set<string>;
  /** What the port was last given, by the pipeline's uid. */
  readonly scheduled: Map<string, readonly ScheduleInput[]>;
  /** Moves the clock, in seconds. */
  readonly pass: (seconds: number) => void;
};

const settings: Settings = {
  kind: 'local',
  network: {},
  cluster: 'test',
  nextFunction: 'next',
  finishFunction: 'finish',
  capacity: [],
  defaultTimeout: 86_400,
  quiet: 120,
};

export type MemoryHomeOptions = {
  readonly table?: Table;
  readonly settings?: Partial<Settings>;
  /** Called with each machine that is to be made; may throw. */
  readonly onEnsure?: (name: string) => void;
  /** Of the random numbers. */
  readonly seed?: number;
};

export function createMemoryHome({ table, settings: own, onEnsure, seed = 1 }: MemoryHomeOptions = {}): MemoryHome {
  let time = Date.UTC(2026, 0, 2, 3, 4, 5);
  let last = seed * 7919;
  const ensured = new Set<string>();
  const defined = new Set<string>();
  const scheduled = new Map<string, readonly ScheduleInput[]>();
  return {
    ensured,
    defined,
    scheduled,
    pass: (seconds) => {
      time += seconds * 1000;
    },
    table: table ?? createMemoryTable(),
    now: () => time++,
    afterwards: (work) => work(),
    random: () => {
      last = (last * 48_271) % 2_147_483_647;
      return last / 2_147_483_647;
    },
    settings: { ...settings, ...own },
    machines: {
      ensure: async (name) => {
        onEnsure?.(name);
        ensured.add(name);
      },
      remove: async (name) => void ensured.delete(name),
      start: async () => {},
      stop: async () => {},
      describe: async () => undefined,
      answer: async () => true,
    },
    containers: {
      nameOf: ({ image }) => image,
      define: async ({ image }) => {
        defined.add(image);
        return image;
      },
      forget: async (image) => void defined.delete(image),
      list: async () => [],
      listAll: async () => [],
      stop: async () => {},
    },
    secrets: createMemorySecrets(),
    objects: createMemoryObjects(),
    schedules: { set: async (uid, inputs) => void scheduled.set(uid, inputs) },
    logs: {
      async *read() {},
      remove: async () => {},
    },
  };
}

/** A table whose write number `fatal` (from 1) and all later ones fail, as if the process had died there. */
export function dyingTable(table: Table, fatal: number): Table & { readonly died: () => boolean } {
  let writes = 0;
  const write = <Result>(operation: () => Promise<Result>): Promise<Result> =>
    ++writes >= fatal ? Promise.reject(new Error('the process died here')) : operation();
  return {
    ...table,
    died: () => writes >= fatal,
    put: (item, condition) => write(() => table.put(item, condition)),
    update: (key, change, condition) => write(() => table.update(key, change, condition)),
    delete: (key, condition) => write(() => table.delete(key, condition)),
  };
}

/** Runs `work` dying before its first write, then before its second…, each on a table of its own, until it comes through. */
export async function dyingAtEachWrite(
  prepare: (home: MemoryHome) => Promise<void>,
  work: (home: MemoryHome) => Promise<unknown>,
  afterwards: (home: MemoryHome, fatal: number) => Promise<void>,
): Promise<number> {
  for (let fatal = 1; ; fatal++) {
    const table = createMemoryTable();
    const home = createMemoryHome({ table });
    await prepare(home);
    const dying = dyingTable(table, fatal);
    const outcome = await work({ ...home, table: dying }).catch((error: unknown) => error);
    if (!dying.died()) {
      if (outcome instanceof Error) throw outcome;
      return fatal - 1;
    }
    await afterwards(home, fatal);
  }
}

/** A config of one task; `image` makes it another version. */
export const configOf = (id: string, image = 'busybox', more: Readonly<Record<string, unknown>> = {}) => ({
  id,
  name: id,
  tasks: [{ id: 'only', image, command: ['true'] }],
  ...more,
});

/** A table whose every call takes a while before and after it happens: `seed` decides the interleaving of those at once. */
export function interleavedTable(table: Table, seed: number): Table {
  const { random } = createMemoryHome({ seed });
  const pause = async () => {
    // Mostly short, at times so long that all others come to their end meanwhile.
    for (let turns = Math.floor(random() ** 8 * 2000); turns > 0; turns--) await Promise.resolve();
  };
  const late = async <Result>(operation: () => Promise<Result>): Promise<Result> => {
    await pause();
    const result = await operation();
    await pause();
    return result;
  };
  return {
    get: (key) => late(() => table.get(key)),
    getMany: (keys) => late(() => table.getMany(keys)),
    query: (pk, range) => late(() => table.query(pk, range)),
    swept: (kind) => late(() => table.swept(kind)),
    put: (item, condition) => late(() => table.put(item, condition)),
    update: (key, change, condition) => late(() => table.update(key, change, condition)),
    delete: (key, condition) => late(() => table.delete(key, condition)),
  };
}

/** 1, 2, 3… to `count`. */
export const seeds = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
