/** The logs of a run's tasks as one stream of Server-Sent Events: one connection, however many tasks there are. */
import { setTimeout } from 'node:timers/promises';
import type { Home } from '../../home.ts';
import { type RunLogPiece, type RunLogRequest, readRunLog } from '../../logs/follow-run.ts';
import { type RunPosition, readPosition, writePosition } from '../../logs/run-position.ts';
import { StreamAnswer } from './answer.ts';
import { Funnel } from './funnel.ts';
import type { RunLogEvent } from './log-event.ts';
import { lineView } from './log-lines.ts';
import { type ServerSentEvent, sse, sseContentType } from './sse.ts';

/** Milliseconds between looks at the tasks: on AWS each look costs, on one machine a short run is seen as it happens. */
const lookEvery = { local: (age: number) => (age < 10_000 ? 250 : 1_000), aws: () => 2_000 };

export type RunLogStreamRequest = Pick<RunLogRequest, 'uid' | 'number' | 'tasks'> & {
  /** Id of the last event that the client has. */
  readonly after?: string;
};

/** Throws, before anything is sent, what can be known to be wrong. */
export function openRunLogStream(home: Home, { after, ...run }: RunLogStreamRequest): StreamAnswer {
  const from = after ? readPosition(after, run.tasks) : new Map();
  const begun = home.now();
  const pause = (signal: AbortSignal) =>
    setTimeout(lookEvery[home.settings.kind](home.now() - begun), undefined, { signal }).catch(() => undefined);
  const bytes = (signal: AbortSignal) => sse(events(home, { ...run, from, pause, signal }), signal);
  return new StreamAnswer({ contentType: sseContentType, bytes });
}

async function* events(home: Home, request: Omit<RunLogRequest, 'take'>): AsyncGenerator<[ServerSentEvent]> {
  const left = new AbortController();
  const signal = AbortSignal.any([request.signal, left.signal]);
  const funnel = new Funnel<RunLogPiece>({ sizeOf });
  readRunLog(home, { ...request, signal, take: (piece) => funnel.put(piece) }).then(
    () => funnel.end(),
    (error: unknown) => funnel.end({ error }),
  );
  let position: RunPosition = request.from;
  try {
    for await (const pieces of funnel.batches()) {
      position = new Map([...position, ...pieces.map(({ task, reached }) => [task, reached] as const)]);
      yield [{ id: writePosition(position, request.tasks), data: JSON.stringify(eventOf(pieces)) }];
    }
  } finally {
    left.abort();
  }
}

/** A batch is one event: its id says where every task stands, which a client either has or hasn't. */
const eventOf = (pieces: readonly RunLogPiece[]): RunLogEvent => ({
  lines: pieces.flatMap(({ task, line }) => (line ? [{ task, attempt: line.attempt, ...lineView(line) }] : [])),
  ended: pieces.filter(({ reached }) => reached === 'end').map(({ task }) => task),
});

/** A line costs more than its bytes: many empty ones must not add up unseen. */
const sizeOf = ({ line }: RunLogPiece) => (line?.data.byteLength ?? 0) + 200;
