/** Whose objects they are: a pipeline's, a run's, an extension's. All live by the same rules. */
import { GoferError, NotFoundError } from '../errors.ts';
import type { Home, Settings } from '../home.ts';
import { getPipeline } from '../pipeline/pipelines.ts';
import { findRun } from '../run/load.ts';
import type { RunAddress } from '../run/runs.ts';
import {
  extensionObjectsPrefix,
  type PipelineItem,
  pipelineObjectsPrefix,
  prefixOfRun,
  storeKey,
} from '../store/items.ts';
import { missing } from '../store/table.ts';
import { hasExpired } from './expiry.ts';

export type ObjectPlace = {
  /** Names the contents' folder and the table's partition: letters, digits and hyphens. */
  readonly owner: string;
  readonly prefix: string;
  /** As messages say it: `in pipeline "build"`. */
  readonly where: string;
  /** At most so many objects: the oldest makes room. Absent: any number. */
  readonly most?: number;
};

const placeOfPipeline = ({ uid, id }: Pick<PipelineItem, 'uid' | 'id'>, settings: Settings): ObjectPlace => ({
  owner: uid,
  prefix: pipelineObjectsPrefix,
  where: `in pipeline "${id}"`,
  most: settings.retention?.pipelineObjects ?? 50,
});

const placeOfRun = ({ uid, id }: Pick<PipelineItem, 'uid' | 'id'>, number: number): ObjectPlace => ({
  owner: uid,
  prefix: prefixOfRun(number),
  where: `in run ${number} of pipeline "${id}"`,
});

/** The places that a task of this run may refer to. */
export const placesOf = (
  run: { readonly uid: string; readonly pipeline: string; readonly number: number },
  settings: Settings,
) => {
  const pipeline = { uid: run.uid, id: run.pipeline };
  return {
    pipeline_object: placeOfPipeline(pipeline, settings),
    run_object: placeOfRun(pipeline, run.number),
  };
};

export async function pipelineObjects(home: Home, namespace: string, id: string): Promise<ObjectPlace> {
  return placeOfPipeline(await getPipeline(home, namespace, id), home.settings);
}

/** The same, to put objects there: what is kept for a pipeline is looked after from now on. */
export async function openPipelineObjects(home: Home, namespace: string, id: string): Promise<ObjectPlace> {
  const pipeline = await getPipeline(home, namespace, id);
  await lookAfter(home, pipeline);
  return placeOfPipeline(pipeline, home.settings);
}

/** 410 when they have expired. */
export async function runObjects(home: Home, { namespace, pipeline: id, number }: RunAddress): Promise<ObjectPlace> {
  const pipeline = await getPipeline(home, namespace, id);
  if (!(await findRun(home, pipeline.uid, number))) throw new NotFoundError('run', number, `in pipeline "${id}"`);
  const runs = runsOfObjects(home.settings);
  if (hasExpired(pipeline, number, runs)) throw new ObjectsExpiredError(number, runs);
  return placeOfRun(pipeline, number);
}

export async function openRunObjects(home: Home, address: RunAddress): Promise<ObjectPlace> {
  const place = await runObjects(home, address);
  await lookAfter(home, await getPipeline(home, address.namespace, address.pipeline));
  return place;
}

/** Of an extension that is installed. `removeObjects` takes them away with it. */
export const extensionObjects = (id: string): ObjectPlace => ({
  owner: `extension-${id}`,
  prefix: extensionObjectsPrefix,
  where: `in extension "${id}"`,
});

/** How many further runs the objects of a run are kept for. */
export const runsOfObjects = ({ retention }: Settings): number => retention?.runObjects ?? 2;

/** The sweep finds the pipeline from here on. */
export async function lookAfter(home: Home, { uid, namespace, id }: PipelineItem): Promise<void> {
  const key = storeKey(uid);
  if (await home.table.get(key)) return;
  await home.table.put({ ...key, uid, namespace, pipeline: id, sweep: 'store' }, missing('pk'));
}

class ObjectsExpiredError extends GoferError {
  override readonly name = 'ObjectsExpiredError';
  constructor(number: number, runs: number) {
    super(
      410,
      'objects_expired',
      `the objects of run ${number} have expired: they are kept until ${runs} further runs are over; what is to stay belongs into an object of the pipeline`,
    );
  }
}
