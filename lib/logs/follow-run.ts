/** The logs of all tasks of a run at once, as long as the run goes on: every launch, each line once. */
import type { Home } from '../home.ts';
import type { LogLine } from '../ports/logs.ts';
import { findRun } from '../run/load.ts';
import { tasksPartition } from '../store/items/run.ts';
import { attemptsOf } from '../task/attempts.ts';
import { runName } from '../task/group.ts';
import { factsOf, type TaskItem } from '../task/task.ts';
import { hasEnded, settling } from './follow.ts';
import { hiddenIn } from './hidden.ts';
import { readMasked } from './masked.ts';
import type { Reached, RunPosition } from './run-position.ts';

/** A step of the reading: a line, or that a launch or the task's whole log has come to its end. */
export type RunLogPiece = {
  readonly task: string;
  /** How far the task has been read with this piece. */
  readonly reached: Reached;
  readonly line?: LogLine & { readonly attempt: number };
};

export type RunLogRequest = {
  readonly uid: string;
  readonly number: number;
  /** The ids of the run's tasks. */
  readonly tasks: readonly string[];
  /** Only what comes after. */
  readonly from: RunPosition;
  readonly signal: AbortSignal;
  /** Waits before the run is looked at again. */
  readonly pause: (signal: AbortSignal) => Promise<unknown>;
  /** Called for one piece of a task after the other; the task is not read on before it returns. */
  readonly take: (piece: RunLogPiece) => Promise<void> | void;
};

/**
 * So many logs are read at once: a position names each of them, and has to fit into a header. Ended ones have places of
 * their own, so that long tasks don't hold up the logs of short ones.
 */
const most = { live: 100, ended: 20 };

/** Returns when the run is complete and its logs are read, or when `signal` aborts. */
export async function readRunLog(home: Home, request: RunLogRequest): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([request.signal, stop.signal]);
  try {
    await new RunReader(home, { ...request, signal }).read();
  } finally {
    stop.abort();
  }
}

class RunReader {
  readonly #home: Home;
  readonly #request: RunLogRequest;
  readonly #reached: Map<string, Reached>;
  readonly #reading = new Map<string, keyof typeof most>();
  #rows: ReadonlyMap<string, TaskItem> = new Map();
  #isComplete = false;
  #failure: { readonly error: unknown } | undefined;
  #left = Promise.withResolvers<'left'>();

  constructor(home: Home, request: RunLogRequest) {
    this.#home = home;
    this.#request = request;
    this.#reached = new Map(request.from);
  }

  async read(): Promise<void> {
    const { signal, pause } = this.#request;
    while (!signal.aborted) {
      await this.#look();
      const pausing = this.#isComplete ? undefined : pause(signal);
      do {
        if (this.#failure) throw this.#failure.error;
        this.#left = Promise.withResolvers();
        await this.#open();
        if (this.#isComplete && !this.#reading.size) return;
      } while ((await Promise.race([this.#left.promise, ...(pausing ? [pausing] : [])])) === 'left' && !signal.aborted);
    }
  }

  /** The run first: tasks that are read after a complete run are complete too. */
  async #look(): Promise<void> {
    const { uid, number } = this.#request;
    const run = await findRun(this.#home, uid, number);
    const rows = (await this.#home.table.query(tasksPartition(uid, number))) as TaskItem[];
    this.#rows = new Map(rows.map((row) => [row.sk, row]));
    this.#isComplete = !run || run.state === 'complete';
  }

  /** Begins to read what there is, as far as there is room. */
  async #open(): Promise<void> {
    for (const task of this.#request.tasks) {
      const row = this.#rows.get(task);
      const reached = this.#reached.get(task) ?? { launch: 1 };
      if (!row || reached === 'end' || this.#reading.has(task)) continue;
      const isThere = reached.launch <= (row.launch ?? 0);
      if (row.logs_removed || (!isThere && row.status)) await this.#take({ task, reached: 'end' });
      else if (isThere) this.#begin(task, row, reached);
    }
  }

  #begin(task: string, row: TaskItem, from: Exclude<Reached, 'end'>): void {
    const kind = hasEnded(row, from.launch) ? 'ended' : 'live';
    if ([...this.#reading.values()].filter((each) => each === kind).length >= most[kind]) return;
    this.#reading.set(task, kind);
    this.#read(task, row, from)
      .finally(() => this.#reading.delete(task))
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .then(() => this.#left.resolve('left'));
  }

  async #read(task: string, row: TaskItem, { launch, after }: Exclude<Reached, 'end'>): Promise<void> {
    const { uid, number, signal } = this.#request;
    const attempt = attemptsOf(row).find((each) => each.launch === launch)?.attempt ?? 1;
    const ended = async () => hasEnded(this.#rows.get(task), launch);
    const stopped = Math.max(factsOf(row, launch)?.stopped ?? 0, row.ended ?? 0);
    const follow = !(await ended()) || this.#home.now() - stopped < settling;
    const options = { follow, ended, signal, ...(after && { after }) };
    const stream = { run: runName(uid, number), task, launch };
    const hidden = () => hiddenIn(this.#home, { uid, number, task, launch });
    for await (const line of readMasked(this.#home.logs, stream, options, hidden))
      await this.#take({ task, reached: { launch, after: line.id }, line: { ...line, attempt } });
    if (!signal.aborted) await this.#take({ task, reached: { launch: launch + 1 } });
  }

  #take(piece: RunLogPiece): Promise<void> | void {
    this.#reached.set(piece.task, piece.reached);
    return this.#request.take(piece);
  }
}
