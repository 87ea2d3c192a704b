/** State machines on one machine: the compiled definitions, run by an interpreter of the Amazon States Language. */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { type ExecutionState, MachineMissingError, type Machines, type TokenAnswer } from '../ports/machines.ts';

export type StepFunction = (payload: unknown) => Promise<void>;

export type LocalMachinesOptions = {
  /** Data folder: definitions are kept in `machines/`. */
  readonly data: string;
  /** The step functions, by the names that the executions' input gives. */
  readonly functions: Readonly<Record<string, StepFunction>>;
  /** `ecs:runTask.sync`. */
  readonly runTask: (parameters: unknown, signal: AbortSignal) => Promise<unknown>;
  /** "Execution Status Change" of an execution that ended other than well. */
  readonly onEnd: (event: { readonly detail: { readonly name: string; readonly status: string } }) => void;
  readonly now: () => number;
};

type Waiting = { readonly resolve: (output: unknown) => void; readonly reject: (error: Error) => void };
type Running = {
  /** Aborted by StopExecution: what the states have started is stopped too. */
  readonly stopped: AbortController;
  /** Aborted also when the server closes: the interpreter ends, and what the states have started is left alone. */
  readonly left: AbortController;
};
type Input = Parameters<StateMachine['run']>[0];

/** Closed executions that are remembered: a name is never used twice as long as anybody may ask for it. */
const remembered = 10_000;

export function createLocalMachines(options: LocalMachinesOptions): Machines & { close(): void } {
  const folder = join(options.data, 'machines');
  mkdirSync(folder, { recursive: true });
  const machines = new Map<string, Promise<Compiled>>();
  const running = new Map<string, Running>();
  const ended = new Map<string, ExecutionState>();
  const waiting = new Map<string, Waiting>();
  let closing = false;

  /** `lambda:invoke.waitForTaskToken`: the invocation's failure is the state's, its result is not. */
  async function waitForToken(
    functionName: string,
    payload: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<unknown> {
    const token = randomUUID();
    const answer = new Promise<unknown>((resolve, reject) => waiting.set(token, { resolve, reject }));
    signal.addEventListener('abort', () => waiting.delete(token), { once: true });
    const step = options.functions[functionName];
    if (!step) throw named('Lambda.ResourceNotFoundException', `there is no step function ${functionName}`);
    const invoked = step({ ...payload, token }).then(() => answer);
    try {
      return await Promise.race([answer, invoked]);
    } finally {
      waiting.delete(token);
    }
  }

  function handler(state: string, { stopped, left }: Running) {
    const isContainer = !state.includes(' ');
    const work = (input: unknown) => {
      if (isContainer) return options.runTask(input, stopped.signal);
      const { FunctionName, Payload } = input as { FunctionName: string; Payload: Record<string, unknown> };
      return waitForToken(FunctionName, Payload, stopped.signal);
    };
    // An aborted interpreter still waits for its state, whose timer lasts for weeks: the state ends then, unseen.
    return (input: unknown) =>
      new Promise<Input>((resolve, reject) => {
        left.signal.addEventListener('abort', () => resolve({}), { once: true });
        if (left.signal.aborted) resolve({});
        else work(input).then((output) => resolve(output as Input), reject);
      });
  }

  function close(name: string, state: Extract<ExecutionState, { state: 'closed' }>): void {
    if (closing || !running.delete(name)) return;
    ended.set(name, state);
    const [oldest] = ended.keys();
    if (ended.size > remembered && oldest !== undefined) ended.delete(oldest);
    if (state.status !== 'SUCCEEDED') options.onEnd({ detail: { name, status: state.status } });
  }

  return {
    async ensure(name, definition) {
      if (machines.has(name)) return;
      const path = join(folder, `${name}.json`);
      // Several runs of a version may be its first: each has its own draft.
      const draft = `${path}.${randomUUID()}`;
      await writeFile(draft, JSON.stringify(definition));
      await rename(draft, path);
      machines.set(name, Promise.resolve(compiled(definition as StateMachineDefinition)));
    },

    async remove(name) {
      machines.delete(name);
      await rm(join(folder, `${name}.json`), { force: true });
    },

    async start({ name, machine, input }) {
      if (running.has(name) || ended.has(name) || closing) return;
      const execution: Running = { stopped: new AbortController(), left: new AbortController() };
      const { signal } = execution.left;
      running.set(name, execution);
      const loading =
        machines.get(machine) ??
        readFile(join(folder, `${machine}.json`), 'utf8').then((text) => compiled(JSON.parse(text)));
      machines.set(machine, loading);
      const { interpreter, tasks } = await loading.catch((error: unknown) => {
        machines.delete(machine);
        running.delete(name);
        if (isAbsent(error)) throw new MachineMissingError(machine, { cause: error });
        throw error;
      });
      const run = interpreter.run(JSON.parse(input), {
        overrides: {
          taskResourceLocalHandlers: Object.fromEntries(tasks.map((task) => [task, handler(task, execution)])),
        },
        context: { Task: { Token: 'answered by the local machine' } },
      });
      signal.addEventListener('abort', run.abort, { once: true });
      if (signal.aborted || closing) run.abort();
      const stopped = () => ({ state: 'closed', stopped: options.now() }) as const;
      run.result.then(
        () => close(name, { ...stopped(), status: 'SUCCEEDED' }),
        (error: Error) =>
          close(name, { ...stopped(), status: signal.aborted ? 'ABORTED' : 'FAILED', ...described(error) }),
      );
    },

    async stop({ name }) {
      const execution = running.get(name);
      close(name, { state: 'closed', status: 'ABORTED', stopped: options.now() });
      execution?.stopped.abort();
      execution?.left.abort();
    },

    describe: async ({ name }) => (running.has(name) ? { state: 'running' } : ended.get(name)),

    async answer(token, answer: TokenAnswer) {
      const waiter = waiting.get(token);
      if (!waiter) return false;
      waiting.delete(token);
      if ('output' in answer) waiter.resolve(answer.output);
      else waiter.reject(named(answer.error, answer.cause ?? ''));
      return true;
    },

    /** Leaves every execution where it is: the next start takes it up again. */
    close() {
      closing = true;
      for (const { left } of running.values()) left.abort();
    },
  };
}

const isAbsent = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

type Compiled = { readonly interpreter: StateMachine; readonly tasks: readonly string[] };

/** The definition was checked when it was compiled. */
function compiled(definition: StateMachineDefinition): Compiled {
  return {
    interpreter: new StateMachine(definition, { validationOptions: { noValidate: true } }),
    tasks: taskStates(definition),
  };
}

function taskStates({ States }: Pick<StateMachineDefinition, 'States'>): string[] {
  return Object.entries(States).flatMap(([name, state]) => {
    if (state.Type === 'Task') return [name];
    return 'Branches' in state ? state.Branches.flatMap(taskStates) : [];
  });
}

/** The interpreter catches and retries by an error's name, as Step Functions does. */
function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}

function described({ cause, message }: Error): { error: string; cause: string } {
  return cause instanceof Error
    ? { error: cause.name, cause: cause.message }
    : { error: 'States.Runtime', cause: message };
}
