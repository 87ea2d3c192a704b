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

const containers = (change: Partial<Home['containers']>): Without => ({
  home: (home) => ({
    ...home,
    containers: {
      define: (definition) => home.containers.define(definition),
      list: (run) => home.containers.list(run),
      alive: () => home.containers.alive(),
      stop: (arn, reason) => home.containers.stop(arn, reason),
      ...change,
    },
  }),
});

const onPath = (path: string) => (condition: Condition) => 'path' in condition && condition.path === path;

export const rules: Readonly<Record<string, Without>> = {
  'a decision holds only for the phase and launch it was made from (design 6)': unconditional(
    (condition) => onPath('phase')(condition) || onPath('launch')(condition),
  ),
  'a slot is taken only while fewer are active than allowed (design 12)': unconditional(({ op }) => op === 'sizeLess'),
  'nothing is concluded about a launch without a listing (design 6)': containers({ list: async () => [] }),
  'a closed execution is given a quiet time before its tasks end (design 13)': {
    home: (home) => ({ ...home, settings: { ...home.settings, quiet: 0 } }),
  },
  'the sweep brings on what lost events left behind (design 14)': { noSweep: true },
};
