/**
 * Seats of the installation: a run that runs has one, so no more run at once than there are seats, whatever the pipelines
 * allow themselves. They lie in rows, each an item that a single write unit takes.
 *
 * Taking one is a write; giving it back is none as long as nobody waits: whoever finds a row full takes those out of it
 * whose runs are over. While pipelines wait (`line.ts`), each run gives its own back at its end.
 */
import type { Home } from '../home.ts';
import { runKey } from '../store/items/run.ts';
import { type SeatsItem, seatsKey } from '../store/items/system.ts';
import { any, contains, missing, sizeLess } from '../store/table.ts';
import { parseRunName, runName } from '../task/group.ts';
import type { RunItem } from './run.ts';

/** Runs at once in the whole installation, unless the system's preferences say another number. */
export const defaultSeats = 2_000;

/** Names of 23 bytes at most in an item of 1 KB. */
const rowSize = 40;

const rowsOf = (limit: number) => Math.ceil(limit / rowSize);
const sizeOfRow = (row: number, limit: number) => Math.min(rowSize, limit - row * rowSize);
const nameOf = ({ uid, number }: Pick<RunItem, 'uid' | 'number'>) => runName(uid, number);

/** `most`: the highest that `limit` ever was. */
type Limit = { readonly limit: number; readonly most: number };

/** The row of the seat, or `undefined` when none was found near the run's own place: look at all rows then. */
export async function takeSeat(home: Home, run: RunItem, wanted: Limit): Promise<number | undefined> {
  const { limit, most } = wanted;
  // Those who sit in rows that there are no more count too.
  if (most > limit && (await readSeats(home, wanted)).taken >= limit) return undefined;
  const rows = rowsOf(limit);
  const first = (run.claim ?? run.number) % rows;
  for (const row of new Set([first, (first + 1) % rows])) {
    if (await sit(home, run, row, limit)) return row;
    if ((await clear(home, row)) && (await sit(home, run, row, limit))) return row;
  }
  return undefined;
}

/** All rows as they are now. */
export type Seats = {
  readonly taken: number;
  /** The row of the run's own seat: whoever took it may have died before the run began. */
  readonly rowOf: (run: RunItem) => number | undefined;
  /** How many the pipeline's runs have. */
  readonly countOf: (uid: string) => number;
  /** The row of a seat that is the run's from here on. It writes nothing if all are taken. */
  readonly take: (run: RunItem) => Promise<number | undefined>;
};

export async function readSeats(home: Home, { limit, most }: Limit): Promise<Seats> {
  const keys = Array.from({ length: rowsOf(most) }, (_, row) => seatsKey(row));
  const rows = (await home.table.getMany(keys)) as (SeatsItem | undefined)[];
  const counts = new Map<string, number>();
  for (const name of rows.flatMap((item) => [...(item?.held ?? [])])) {
    const { uid = '' } = parseRunName(name) ?? {};
    counts.set(uid, (counts.get(uid) ?? 0) + 1);
  }
  const taken = rows.reduce((sum, item) => sum + (item?.held?.size ?? 0), 0);
  return {
    taken,
    countOf: (uid) => counts.get(uid) ?? 0,
    rowOf: (run) => {
      const row = rows.findIndex((item) => item?.held?.has(nameOf(run)));
      return row < 0 ? undefined : row;
    },
    take: async (run) => {
      if (taken >= limit) return undefined;
      for (const [row, item] of rows.slice(0, rowsOf(limit)).entries())
        if ((item?.held?.size ?? 0) < sizeOfRow(row, limit) && (await sit(home, run, row, limit))) return row;
      return undefined;
    },
  };
}

/** Gives the seat back; one that was given back already is free. */
export async function leaveSeat(home: Home, run: Pick<RunItem, 'uid' | 'number'>, row: number): Promise<void> {
  const name = nameOf(run);
  await home.table.update(seatsKey(row), { delete: { held: new Set([name]) } }, contains('held', name));
}

/** Takes all out whose runs are over: some died before they could give theirs back, others had no reason to. */
export async function clearSeats(home: Home, most: number): Promise<void> {
  for (let row = 0; row < rowsOf(most); row++) await clear(home, row);
}

async function sit(home: Home, run: RunItem, row: number, limit: number): Promise<boolean> {
  const name = nameOf(run);
  const free = any(missing('held'), contains('held', name), sizeLess('held', sizeOfRow(row, limit)));
  return (await home.table.update(seatsKey(row), { add: { held: new Set([name]) } }, free)) !== undefined;
}

/** True when seats are free now that were not. A run that is over never runs again, so nothing can come in between. */
async function clear(home: Home, row: number): Promise<boolean> {
  const { held } = ((await home.table.get(seatsKey(row))) ?? {}) as Partial<SeatsItem>;
  if (!held) return true;
  const names = [...held];
  const keys = names.map((name) => {
    const { uid = '', number = 0 } = parseRunName(name) ?? {};
    return runKey(uid, number);
  });
  const runs = (await home.table.getMany(keys)) as (RunItem | undefined)[];
  const over = names.filter((_, i) => runs[i]?.state === 'complete' || !runs[i]);
  if (over.length) await home.table.update(seatsKey(row), { delete: { held: new Set(over) } });
  return over.length > 0;
}
