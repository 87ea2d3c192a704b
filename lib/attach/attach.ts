/** Attaching to a task: a program inside of its container, for whoever may change its run. Each time is an event. */
import { ConflictError, GoferError } from '../errors.ts';
import { emit } from '../events/events.ts';
import type { Home } from '../home.ts';
import type { Session, Terminal } from '../ports/attach.ts';
import type { RunItem } from '../run/run.ts';
import { runIds } from '../run/tell.ts';
import { factsOf, type TaskItem } from '../task/task.ts';
import { programOf } from './program.ts';

export type AttachRequest = {
  readonly run: RunItem;
  readonly task: string;
  readonly row: TaskItem | undefined;
  readonly command: string;
  /** Id of the token that asks; absent where nobody has to identify. */
  readonly token?: string;
};

/** Checks all that can be known to be wrong; `open` then tells of it and opens the terminal. */
export function terminalOf(home: Home, request: AttachRequest): { readonly open: () => Promise<Terminal> } {
  const { attach } = home;
  if (!attach) throw new NoAttachError(home.settings.kind);
  if (attach.by !== 'terminal') throw new NoTerminalError();
  const program = programOf(request.command);
  const arn = containerOf(request);
  return {
    open: async () => {
      await tell(home, request);
      return attach.open(arn, program);
    },
  };
}

/** A session for the client to open by itself. */
export async function sessionOf(home: Home, request: AttachRequest): Promise<Session> {
  const { attach } = home;
  if (!attach) throw new NoAttachError(home.settings.kind);
  if (attach.by !== 'session') throw new NoSessionError();
  programOf(request.command);
  const arn = containerOf(request);
  await tell(home, request);
  return attach.start(arn, request.command);
}

/** The container that runs, of the newest launch. */
function containerOf({ task, row }: AttachRequest): string {
  const facts = factsOf(row, row?.launch ?? 0);
  if (!row?.status && facts?.state === 'RUNNING') return facts.arn;
  const state = row?.status ? `it is over: ${row.status}` : 'its container has not started yet';
  throw new ConflictError(`task "${task}" has no container that runs; ${state}`);
}

/** Before anything is opened: nobody gets in untold. Arguments may hold what is nobody else's business. */
async function tell(home: Home, { run, task, command, token = '' }: AttachRequest): Promise<void> {
  const time = home.now();
  const [program] = programOf(command);
  const kind = { attached_task_execution: { ...runIds(run), task_execution_id: task, program, token_id: token } };
  await emit(home, { time, kind, key: `${run.uid}/${run.number}/${task}/attached/${home.random()}` });
}

class NoAttachError extends GoferError {
  override readonly name = 'NoAttachError';
  constructor(kind: 'aws' | 'local') {
    const why =
      kind === 'aws'
        ? 'attaching is switched off in this installation; the setting attach of its stack allows it'
        : 'attaching is switched off here; start `gofer dev` with --attach to allow it, and with Docker: processes have no container to attach to';
    super(503, 'failed_precondition', why);
  }
}

/** The client's cue to ask for a session. */
class NoTerminalError extends GoferError {
  override readonly name = 'NoTerminalError';
  constructor() {
    super(
      406,
      'no_websocket',
      'there are no WebSockets here; POST to the same address answers with a session of ECS Exec',
    );
  }
}

class NoSessionError extends GoferError {
  override readonly name = 'NoSessionError';
  constructor() {
    super(406, 'no_session', 'sessions of ECS Exec are on AWS; here a WebSocket at the same address is the terminal');
  }
}
