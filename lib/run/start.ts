/** Start of a run: it is accepted and numbered here, and begins when a slot is free. */
import { createHash } from 'node:crypto';
import { answerWithin, ensureMachine } from '../deployment/machine.ts';
import { ConflictError, FailedPreconditionError, GoferError, NotFoundError } from '../errors.ts';
import type { Home } from '../home.ts';
import type { PipelineConfig } from '../pipeline/config.ts';
import { longestNumber } from '../pipeline/limit.ts';
import { type PipelineItem, pipelineKey, pipelinePartition } from '../store/items/pipeline.ts';
import { type RequestItem, requestKey, runKey, runPrefix } from '../store/items/run.ts';
import { type SystemItem, systemKey } from '../store/items/system.ts';
import { any, equals, less, missing } from '../store/table.ts';
import { dispatch } from './dispatch.ts';
import { executionInput } from './execution.ts';
import { findRun, loadConfig } from './load.ts';
import { type Numbers, numbersOf } from './numbers.ts';
import { checkOverrides, checkRoles, checkSecretNames, checkVariables } from './precondition.ts';
import type { Initiator, RunItem } from './run.ts';
import { tellQueued } from './tell.ts';

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

/** How long a definition that was registered is taken for granted, in milliseconds. */
const trusted = 30 * 60 * 1000;

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
  if (system?.uninstalling) throw new FailedPreconditionError('this installation is being removed: no run starts here');
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
  checkSecretNames(config, request.variables);
  if (home.settings.kind === 'aws') {
    const { id, namespace } = pipeline;
    if (!pipeline.managed_by) checkRoles(config, home.settings.taskRoles);
    const run = { namespace, pipeline: id, number: longestNumber, variables: request.variables };
    checkOverrides(config, run, home.settings);
  }
  const machine = known ?? (await firstMachine(home, pipeline, version, config));
  const run = await accept(home, pipeline, request, { version, machine, positions: config.tasks.map((_, i) => i) });
  await home.afterwards(async () => {
    await tellQueued(home, run);
    await dispatch(home, pipeline.namespace, pipeline.id);
  });
  return run;
}

/** Of a version that was never deployed. Whoever starts it again goes on where this one ran out of time. */
function firstMachine(home: Home, pipeline: PipelineItem, version: number, config: PipelineConfig): Promise<string> {
  const now = home.now();
  return ensureMachine(home, pipeline, version, config, { until: now + answerWithin, since: now - trusted });
}

type Accepted = { readonly version: number; readonly machine: string; readonly positions: readonly number[] };

/** Writes the run's row under the next number: side by side with others, unless it is for a key or numbers are contested. */
async function accept(home: Home, pipeline: PipelineItem, request: StartRequest, accepted: Accepted): Promise<RunItem> {
  const numbers = numbersOf(home.table, pipeline.uid);
  const write = (number: number) => writeRun(home, pipeline, request, accepted, number);
  const run = request.idempotencyKey === undefined ? await numbers.beside(write) : undefined;
  return run ?? numbers.alone(() => acceptAlone(home, pipeline, request, numbers, write));
}

async function acceptAlone(
  home: Home,
  { id, uid }: PipelineItem,
  request: StartRequest,
  numbers: Numbers,
  write: (number: number) => Promise<RunItem | undefined>,
): Promise<RunItem> {
  for (let i = 0; i < tries; i++) {
    const intended = await intention(home, uid, request);
    const found = intended && (await findRun(home, uid, intended.number));
    if (found && found.request === request.idempotencyKey) return found;
    // An intended number that nobody has taken is still the next one: whoever repeats the request writes that row too.
    const number = intended && !found ? intended.number : (numbers.last ?? (await lastNumber(home, uid))) + 1;
    if (!(await remember(home, uid, request, number, intended))) continue;
    const run = await write(number);
    numbers.last = run && number;
    if (run) return run;
  }
  throw new ConflictError(`pipeline "${id}" gets too many runs at once: try again`);
}

/** The number that the same `Idempotency-Key` intended within 24 h. */
async function intention(home: Home, uid: string, request: StartRequest): Promise<RequestItem | undefined> {
  const { idempotencyKey: key } = request;
  if (key === undefined) return undefined;
  const intended = (await home.table.get(requestKey(uid, key))) as RequestItem | undefined;
  // The table removes what has expired late, or never.
  if (!intended || intended.expires_at * 1000 <= home.now()) return undefined;
  if (intended.hash !== hashOf(request)) {
    throw new GoferError(
      422,
      'idempotency_key_reused',
      'this Idempotency-Key was used with other variables: take a new key',
    );
  }
  return intended;
}

/**
 * Before the row: a crash in between leaves an intention without a run, which the next try carries out. False: the same
 * request came by another way meanwhile, and intends another number.
 */
async function remember(
  home: Home,
  uid: string,
  request: StartRequest,
  number: number,
  before: RequestItem | undefined,
): Promise<boolean> {
  if (request.idempotencyKey === undefined || before?.number === number) return true;
  const now = home.now();
  const expires_at = Math.ceil((now + remembered) / 1000);
  const key = requestKey(uid, request.idempotencyKey);
  const same = before
    ? equals('number', before.number)
    : any(missing('pk'), less('expires_at', Math.floor(now / 1000) + 1));
  return (await home.table.update(key, { set: { hash: hashOf(request), number, expires_at } }, same)) !== undefined;
}

const hashOf = ({ variables }: StartRequest) =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(variables).sort()))
    .digest('hex');

async function lastNumber(home: Home, uid: string): Promise<number> {
  const [last] = (await home.table.query(pipelinePartition(uid), {
    prefix: runPrefix,
    reverse: true,
    limit: 1,
  })) as RunItem[];
  return last?.number ?? 0;
}

async function writeRun(
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
    claim: Math.floor(home.random() * 2 ** 48),
    ...(request.idempotencyKey !== undefined && { request: request.idempotencyKey }),
    sweep: 'run',
  };
  if (await home.table.put(run, missing('pk'))) return run;
  // Taken, maybe by this very write: the SDK repeats one whose answer was lost.
  const found = await findRun(home, pipeline.uid, number);
  return found?.claim === run.claim ? found : undefined;
}
