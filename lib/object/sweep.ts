/** Contents that belong to no object any more, and what was kept for a number of runs: here it goes. */
import type { Home } from '../home.ts';
import { expireLogs } from '../logs/expire.ts';
import { type ObjectItem, prefixOfRun, runObjectsPrefix, type StoreItem } from '../store/items/object.ts';
import { type PipelineItem, pipelineKey } from '../store/items/pipeline.ts';
import { all, equals, exists, missing } from '../store/table.ts';
import { lastExpired, runsOfObjects } from './expiry.ts';
import { announcedAt } from './put.ts';
import { rangeOf } from './read.ts';
import { dropUploads, removeObjects } from './remove.ts';

/** Milliseconds after which nobody is taken to be still sending. */
const longestUpload = 24 * 3600 * 1000;

/** Milliseconds for those who are reading a content, or have just been given its address. */
const reading = { here: 60_000, byAddress: 3600_000 };

export type SweptObjects = { readonly errors: readonly { readonly what: string; readonly error: unknown }[] };

/** `interrupted`: whoever was sending when this process began has gone with the one before it. */
export async function sweepObjects(home: Home, { interrupted = false } = {}): Promise<SweptObjects> {
  const errors: { what: string; error: unknown }[] = [];
  const attempt = async (what: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      errors.push({ what, error });
    }
  };
  for (const store of await rowsOf<StoreItem>(home, 'store'))
    await attempt(`objects of ${store.namespace}/${store.pipeline}`, () => sweepStore(home, store));
  for (const row of await rowsOf<ObjectItem>(home, 'content'))
    await attempt(`object ${row.key}`, () => sweepContents(home, row, interrupted));
  return { errors };
}

async function rowsOf<Row>(home: Home, kind: 'store' | 'content'): Promise<Row[]> {
  const rows = await home.table.getMany(await home.table.swept(kind));
  return rows.filter((row) => row !== undefined) as Row[];
}

/** Removes the objects and logs of runs that are long over, and with a pipeline all objects that it had. */
async function sweepStore(home: Home, store: StoreItem): Promise<void> {
  const { pk, sk, uid, namespace, pipeline: id } = store;
  const pipeline = (await home.table.get(pipelineKey(namespace, id))) as PipelineItem | undefined;
  if (pipeline?.uid !== uid) {
    await removeObjects(home, uid);
    await home.table.delete({ pk, sk });
    return;
  }
  await expireLogs(home, pipeline, store);
  const last = lastExpired(pipeline, runsOfObjects(home.settings));
  if (last) await removeObjects(home, uid, { from: runObjectsPrefix, to: rangeOf(prefixOfRun(last)).to });
}

async function sweepContents(home: Home, row: ObjectItem, interrupted: boolean): Promise<void> {
  const { pk, sk } = row;
  const now = home.now();
  const late = [...(row.uploads ?? [])].filter((each) => interrupted || announcedAt(each) + longestUpload < now);
  if (late.length) await dropUploads(home, row, late);
  const patience = home.objects.addresses ? reading.byAddress : reading.here;
  const due = [...(row.replaced ?? [])].filter((each) => Number(each.split(' ')[0]) + patience < now);
  for (const each of due) await home.objects.remove(each.slice(each.indexOf(' ') + 1));
  if (due.length) await home.table.update({ pk, sk }, { delete: { replaced: new Set(due) } }, exists('replaced'));
  const alone = all(missing('uploads'), missing('replaced'), equals('sweep', 'content'));
  if (row.created === undefined && (await home.table.delete({ pk, sk }, all(alone, missing('created'))))) return;
  await home.table.update({ pk, sk }, { remove: ['sweep'] }, all(alone, exists('created')));
}
