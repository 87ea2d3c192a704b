/** The objects of a pipeline or a run that somebody names. */
import { GoferError, NotFoundError } from '../errors.ts';
import type { Home } from '../home.ts';
import { getPipeline } from '../pipeline/pipelines.ts';
import { findRun } from '../run/load.ts';
import type { RunAddress } from '../run/runs.ts';
import type { PipelineItem } from '../store/items/pipeline.ts';
import { hasExpired, runsOfObjects } from './expiry.ts';
import { lookAfter } from './look-after.ts';
import { type ObjectPlace, placeOfPipeline, placeOfRun } from './place.ts';

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
export async function runObjects(home: Home, address: RunAddress): Promise<ObjectPlace> {
  return placeOfRun(await pipelineOf(home, address), address.number);
}

export async function openRunObjects(home: Home, address: RunAddress): Promise<ObjectPlace> {
  const pipeline = await pipelineOf(home, address);
  await lookAfter(home, pipeline);
  return placeOfRun(pipeline, address.number);
}

async function pipelineOf(home: Home, { namespace, pipeline: id, number }: RunAddress): Promise<PipelineItem> {
  const pipeline = await getPipeline(home, namespace, id);
  if (!(await findRun(home, pipeline.uid, number))) throw new NotFoundError('run', number, `in pipeline "${id}"`);
  const runs = runsOfObjects(home.settings);
  if (hasExpired(pipeline, number, runs)) throw new ObjectsExpiredError(number, runs);
  return pipeline;
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
