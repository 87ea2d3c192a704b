/** Start of a run: it is accepted and numbered here, and begins when a slot is free. */
import { createHash } from 'node:crypto';
import { ensureMachine } from '../deployment/machine.ts';
import { ConflictError, FailedPreconditionError, GoferError, NotFoundError } from '../errors.ts';
import { emit } from '../events/events.ts';
import type { Home } from '../home.ts';
import {
  type PipelineItem,
  pipelineKey,
  pipelinePartition,
  type RequestItem,
  requestKey,
  runKey,
  runPrefix,
  type SystemItem,
  systemKey,
} from '../store/items.ts';
import { missing } from '../store/table.ts';
import { dispatch } from './dispatch.ts';
import { executionInput } from './execution.ts';
import { inTurn } from './in-turn.ts';
import { findRun, loadConfig } from './load.ts';
import { checkRunnable, checkVariables } from './precondition.ts';
import type { Initiator, RunItem } from './run.ts';

export type StartRequest = {
  readonly namespace: string;
  readonly pipeline: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly initiator: Initiator;
  /** The same key with the same variables again within 24 h answers with the same run. */
  readonly idempotencyKey?: string;
};

/** How long an idempotency key is remembered, in milliseconds. */
const remembered = 24 * 3600 * 1000;

/** Tries for a number: each means that another run took it first. */
const tries = 50;

/**
 * Accepts a run of the live version, else of the newest. Refuses (503) while the pipeline is disabled, runs are switched
 * off system-wide, or the config asks for what can't be given.
 */
export async function startRun(home: Home, request: StartRequest): Promise<RunItem> {
  checkVariables(request.variables);
  const keys = [systemKey, pipelineKey(request.namespace, request.pipeline)];
  const [system, pipeline] = (await home.table.getMany(keys)) as [SystemItem?, PipelineItem?];
  if (!pipeline) throw new NotFoundError('pipeline', request.pipeline, `in namespace "${request.namespace}"`);
  if (system?.ignore_pipeline_run_events) {
    throw new FailedPreconditionError('runs are switched off: the system preference ignore_pipeline_run_events is set');
  }
  if (pipeline.state === 'disabled') {
    throw new FailedPreconditionError(
      `pipeline "${pipeline.id}" is disabled; enable it with: gofer pipeline enable ${pipeline.id}`,
    );
  }
  const version = pipeline.live ?? pipeline.last_version;
  const { config, machine: known } = await loadConfig(home, pipeline.uid, version);
  checkRunnable(config);
  const machine = known ?? (await ensureMachine(home, pipeline.uid, version, config));
  const run = await accept(home, pipeline, request, { version, machine, positions: config.tasks.map((_, i) => i) });
  await home.afterwards(async () => {
    await emitQueued(home, run);
    await dispatch(home, pipeline.namespace, pipeline.id);
  });
  return run;
}

type Accepted = { readonly version: number; readonly machine: string; readonly positions: readonly number[] };

/** Writes the run's row under the next number. */
async function accept(home: Home, pipeline: PipelineItem, request: StartRequest, accepted: Accepted): Promise<RunItem> {
  const { uid } = pipeline;
  return inTurn(home.table, uid, async (counter) => {
    for (let i = 0; i < tries; i++) {
      const earlier = await alreadyStarted(home, uid, request);
      if (earlier) return earlier;
      const number = (counter.last ?? (await lastNumber(home, uid))) + 1;
      await remember(home, uid, request, number);
      const run = await write(home, pipeline, request, accepted, number);
      counter.last = run && number;
      if (run) return run;
    }
    throw new ConflictError(`pipeline "${pipeline.id}" gets too many runs at once: try again`);
  });
}

/** The run that the same `Idempotency-Key` has started before. */
async function alreadyStarted(home: Home, uid: string, request: StartRequest): Promise<RunItem | undefined> {
  const { idempotencyKey: key } = request;
  if (key === undefined) return undefined;
  const intended = (await home.table.get(requestKey(uid, key))) as RequestItem | undefined;
  if (!intended) return undefined;
  if (intended.hash !== hashOf(request)) {
    throw new GoferError(
      422,
      'idempotency_key_reused',
      'this Idempotency-Key was used with other variables: take a new key',
    );
  }
  const run = await findRun(home, uid, intended.number);
  return run?.request === key ? run : undefined;
}

/** Before the row: a crash in between leaves an intention without a run, which the next try replaces. */
async function remember(home: Home, uid: string, request: StartRequest, number: number): Promise<void> {
  if (request.idempotencyKey === undefined) return;
  const expires_at = Math.ceil((home.now() + remembered) / 1000);
  await home.table.update(requestKey(uid, request.idempotencyKey), {
    set: { hash: hashOf(request), number, expires_at },
  });
}

const hashOf = ({ variables }: StartRequest) => createHash('sha256').update(JSON.stringify(variables)).digest('hex');

async function lastNumber(home: Home, uid: string): Promise<number> {
  const [last] = (await home.table.query(pipelinePartition(uid), {
    prefix: runPrefix,
    reverse: true,
    limit: 1,
  })) as RunItem[];
  return last?.number ?? 0;
}

async function write(
  home: Home,
  pipeline: PipelineItem,
  request: StartRequest,
  accepted: Accepted,
  number: number,
): Promise<RunItem | undefined> {
  const now = home.now();
  const run: RunItem = {
    ...runKey(pipeline.uid, number),
    namespace: pipeline.namespace,
    pipeline: pipeline.id,
    uid: pipeline.uid,
    number,
    version: accepted.version,
    machine: accepted.machine,
    input: executionInput(home, pipeline.uid, number),
    state: 'pending',
    open: new Set(accepted.positions),
    created: now,
    news: now,
    variables: request.variables,
    initiator: request.initiator,
    ...(request.idempotencyKey !== undefined && { request: request.idempotencyKey }),
    sweep: 'run',
  };
  return (await home.table.put(run, missing('pk'))) && run;
}

async function emitQueued(home: Home, run: RunItem): Promise<void> {
  const ids = { namespace_id: run.namespace, pipeline_id: run.pipeline, run_id: run.number };
  await emit(home, { time: run.created, kind: { queued_run: ids }, key: `${run.uid}/${run.number}/queued` });
}
