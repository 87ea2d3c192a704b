/**
 * The line of those who wait for a seat of the installation, a pipeline each. Who has the fewest runs comes first, and of
 * these who came first; whoever got a seat stands at the end again. So no pipeline keeps another from running, however
 * many runs it has, and none passes a line.
 */
import type { Home } from '../home.ts';
import { type PipelineItem, pipelineKey } from '../store/items/pipeline.ts';
import { type LineItem, lineKey, type SystemItem, systemKey } from '../store/items/system.ts';
import { any, missing, sizeLess } from '../store/table.ts';
import { defaultSeats } from './seats.ts';

/** No more are served by turns at the end of a run; the sweep looks after the others. */
const longest = 100;

export type Line = {
  /** Since when each waits, by `<namespace>/<pipeline>`. */
  readonly waiting: ReadonlyMap<string, { readonly entry: string; readonly since: number }>;
  readonly cleared: number;
  /** Seats in all. */
  readonly limit: number;
  /** The highest that `limit` ever was. */
  readonly most: number;
};

export const lineKeys = [lineKey, systemKey] as const;

/** What the items of `lineKeys` say. */
export function lineOf(item: LineItem | undefined, system: SystemItem | undefined): Line {
  const limit = system?.max_concurrent_runs ?? defaultSeats;
  const entries = [...(item?.waiting ?? [])].sort().map((entry) => {
    const [since, name = ''] = entry.split(' ');
    return [name, { entry, since: Number(since) }] as const;
  });
  return {
    // Of two entries the older one counts.
    waiting: new Map(entries.toReversed()),
    cleared: item?.cleared ?? 0,
    limit,
    most: Math.max(system?.most_seats ?? 0, limit),
  };
}

export async function readLine(home: Home): Promise<Line> {
  const [item, system] = (await home.table.getMany(lineKeys)) as [LineItem?, SystemItem?];
  return lineOf(item, system);
}

export const nameInLine = ({ namespace, id }: Pick<PipelineItem, 'namespace' | 'id'>) => `${namespace}/${id}`;

/** False: the line is too long. Whoever begins one has all rows looked through: nobody gave seats back before. */
export async function join(home: Home, line: Line, name: string): Promise<boolean> {
  if (line.waiting.has(name)) return true;
  const change = {
    add: { waiting: new Set([entryOf(home, name)]) },
    ...(!line.waiting.size && { remove: ['cleared'] }),
  };
  return (
    (await home.table.update(lineKey, change, any(missing('waiting'), sizeLess('waiting', longest)))) !== undefined
  );
}

export async function leave(home: Home, entry: string): Promise<void> {
  await home.table.update(lineKey, { delete: { waiting: new Set([entry]) } });
}

/** Behind all others, for its next run. In this order it is never out of the line. */
export async function moveToEnd(home: Home, entry: string, name: string): Promise<void> {
  await home.table.update(lineKey, { add: { waiting: new Set([entryOf(home, name)]) } });
  await leave(home, entry);
}

const entryOf = (home: Home, name: string) => `${String(home.now()).padStart(16, '0')} ${name}`;

/** Pipelines that wait, in the order in which they come; `seatsOf` counts those that one's runs have. `undefined` in place of one that is gone. */
export async function inOrder(
  home: Home,
  { waiting }: Line,
  seatsOf: (uid: string) => number,
): Promise<{ readonly name: string; readonly entry: string; readonly pipeline: PipelineItem | undefined }[]> {
  const names = [...waiting.keys()];
  const keys = names.map((name) => {
    const [namespace = '', id = ''] = name.split('/');
    return pipelineKey(namespace, id);
  });
  const pipelines = (await home.table.getMany(keys)) as (PipelineItem | undefined)[];
  return names
    .map((name, i) => {
      const { entry = '', since = 0 } = waiting.get(name) ?? {};
      const pipeline = pipelines[i];
      return { name, entry, since, pipeline, seats: pipeline ? seatsOf(pipeline.uid) : 0 };
    })
    .sort((a, b) => a.seats - b.seats || a.since - b.since);
}
