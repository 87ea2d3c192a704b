/** Rules of the design that can be taken away, through what the protocol's functions are given: the simulation must notice each. */
import type { Home } from '../../lib/home.ts';
import { all, type Condition } from '../../lib/store/table.ts';
import type { Without } from './simulate.ts';

/** The table, with every condition that `broken` picks taken out of its writes. */
const unconditional = (broken: (condition: Condition) => boolean): Without => ({
  home: (home) => {
    const weakened = (condition: Condition | undefined) => condition && without(condition, broken);
    const { table } = home;
    return {
      ...home,
      table: {
        get: (key) => table.get(key),
        getMany: (keys) => table.getMany(keys),
        query: (pk, range) => table.query(pk, range),
        swept: (kind) => table.swept(kind),
        put: (item, condition) => table.put(item, weakened(condition)),
        update: (key, change, condition) => table.update(key, change, weakened(condition)),
        delete: (key, condition) => table.delete(key, weakened(condition)),
      },
    };
  },
});

function without(condition: Condition, broken: (condition: Condition) => boolean): Condition {
  if (broken(condition)) return all();
  return 'of' in condition ? { ...condition, of: condition.of.map((part) => without(part, broken)) } : condition;
}

const containers = (change: (home: Home) => Partial<Home['containers']>): Without => ({
  home: (home) => ({
    ...home,
    containers: {
      nameOf: (definition) => home.containers.nameOf(definition),
      define: (definition) => home.containers.define(definition),
      forget: (name) => home.containers.forget(name),
      list: (run) => home.containers.list(run),
      listAll: () => home.containers.listAll(),
      stop: (arn, reason) => home.containers.stop(arn, reason),
      ...change(home),
    },
  }),
});

const onPath = (path: string) => (condition: Condition) => 'path' in condition && condition.path === path;

export const rules: Readonly<Record<string, Without>> = {
  'a decision holds only for the phase and launch it was made from (design 6)': unconditional(
    (condition) => onPath('phase')(condition) || onPath('launch')(condition),
  ),
  'a slot is taken only while fewer are active than allowed (design 12)': unconditional(({ op }) => op === 'sizeLess'),
  'a seat of the installation is taken only while one is free (design 12)': unconditional(
    (condition) => condition.op === 'sizeLess' && condition.path === 'held',
  ),
  'the first status of a task stays (design 6)': unconditional(onPath('status')),
  'nothing is granted in a run or task that is being cancelled (design 6)': unconditional(onPath('cancelling')),
  'what is known of a stopped container is the last word (design 6)': unconditional(
    (condition) => 'path' in condition && condition.path.endsWith('.state'),
  ),
  'one Idempotency-Key intends one number (design 11)': unconditional(
    (condition) => onPath('number')(condition) || onPath('expires_at')(condition),
  ),
  'a number is given once (design 11)': unconditional(onPath('pk')),
  'a run goes from pending to running once (design 12)': unconditional(onPath('state')),
  'what is overdue is stopped (design 9)': containers((home) => ({
    stop: async (arn, reason) => (reason.startsWith('timeout:') ? undefined : home.containers.stop(arn, reason)),
  })),
  'what a cancelled run has in flight is stopped when it shows (design 13)': containers((home) => ({
    stop: async (arn, reason) => (reason.includes('cancelled') ? undefined : home.containers.stop(arn, reason)),
  })),
  'a server that was killed replays its executions (design 25)': { noResume: true },
  'nothing is concluded about a launch without a listing (design 6)': containers(() => ({
    list: async () => [],
    listAll: async () => [],
  })),
  'a closed execution is given a quiet time before its tasks end (design 13)': {
    home: (home) => ({ ...home, settings: { ...home.settings, quiet: 0 } }),
    faults: { die: true },
  },
  'the sweep brings on what lost events left behind (design 14)': { noSweep: true },
};
