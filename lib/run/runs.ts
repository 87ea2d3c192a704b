/** Runs as callers ask for them: by namespace, pipeline and number. */
import { NotFoundError } from '../errors.ts';
import type { Home } from '../home.ts';
import { type Expired, expiredOf } from '../object/expiry.ts';
import { getPipeline } from '../pipeline/pipelines.ts';
import { didYouMean } from '../pipeline/suggestion.ts';
import { type PipelineItem, pipelineKey, pipelinePartition } from '../store/items/pipeline.ts';
import { runKey, runPrefix, tasksPartition } from '../store/items/run.ts';
import { type Page, queryPage } from '../store/page.ts';
import type { TaskItem } from '../task/task.ts';
import { findRun, type LoadedRun, loadConfig } from './load.ts';
import type { RunItem } from './run.ts';

export type RunAddress = { readonly namespace: string; readonly pipeline: string; readonly number: number };

/** With what has expired of it by now. */
export type FoundRun = RunItem & { readonly expired: Expired };

/** 404 names what is missing: the pipeline or the run. */
export async function getRun(home: Home, { namespace, pipeline: id, number }: RunAddress): Promise<FoundRun> {
  const pipeline = await getPipeline(home, namespace, id);
  const run = await findRun(home, pipeline.uid, number);
  if (!run) throw new NotFoundError('run', number, `in pipeline "${id}"`);
  return withExpired(home, pipeline, run);
}

const withExpired = ({ settings }: Home, pipeline: PipelineItem, run: RunItem): FoundRun => ({
  ...run,
  expired: expiredOf(pipeline, run.number, settings),
});

/** In the order of their numbers. */
export async function listRuns(home: Home, namespace: string, id: string, page: Page): Promise<FoundRun[]> {
  const pipeline = await getPipeline(home, namespace, id);
  const runs = await queryPage(home.table, pipelinePartition(pipeline.uid), page, { prefix: runPrefix });
  return (runs as RunItem[]).map((run) => withExpired(home, pipeline, run));
}

/** A run with the rows of its tasks; a task without a row has not been touched yet. */
export async function getRunTasks(
  home: Home,
  address: RunAddress,
): Promise<LoadedRun & { run: FoundRun; rows: Map<string, TaskItem> }> {
  const run = await getRun(home, address);
  const [loaded, items] = await Promise.all([
    loadConfig(home, run.uid, run.version),
    home.table.query(tasksPartition(run.uid, run.number)),
  ]);
  return { run, ...loaded, rows: new Map((items as TaskItem[]).map((item) => [item.sk, item])) };
}

/** The same, and one task of it by name. */
export async function getRunTask(home: Home, address: RunAddress & { readonly task: string }) {
  const loaded = await getRunTasks(home, address);
  const task = loaded.tasks.get(address.task);
  if (task) return { ...loaded, task };
  const suggestion = didYouMean(address.task, loaded.tasks.keys());
  throw new NotFoundError('task', address.task, `in run ${address.number}${suggestion ? `; ${suggestion}` : ''}`);
}

/** How many runs start before this one does, itself included; `undefined` unless it is pending. */
export async function queuePosition(home: Home, run: RunItem): Promise<number | undefined> {
  if (run.state !== 'pending') return undefined;
  const pipeline = (await home.table.get(pipelineKey(run.namespace, run.pipeline))) as PipelineItem | undefined;
  const from = runKey(run.uid, pipeline?.next_up ?? 1).sk;
  const before = await home.table.query(pipelinePartition(run.uid), { from, to: runKey(run.uid, run.number).sk });
  return (before as RunItem[]).filter(({ state }) => state === 'pending').length;
}
