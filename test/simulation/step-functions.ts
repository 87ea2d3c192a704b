/** Step Functions in virtual time: as much of the States Language as the compiler writes, with its faults. */
import type { ExecutionState, MachineDefinition, Machines, TokenAnswer } from '../../lib/ports/machines.ts';
import type { Faults } from './faults.ts';
import type { World } from './world.ts';

type Json = Record<string, unknown>;
type State = {
  Type: 'Task' | 'Parallel' | 'Pass';
  Resource?: string;
  Parameters?: Json;
  ResultSelector?: Json;
  ResultPath?: string;
  OutputPath?: string;
  Result?: unknown;
  Retry?: {
    ErrorEquals: string[];
    IntervalSeconds?: number;
    MaxAttempts?: number;
    BackoffRate?: number;
    MaxDelaySeconds?: number;
    JitterStrategy?: string;
  }[];
  Catch?: { ErrorEquals: string[]; ResultPath?: string; Next: string }[];
  TimeoutSeconds?: number;
  Branches?: MachineDefinition[];
  Next?: string;
  End?: boolean;
};

export class StateError extends Error {
  readonly error: string;
  override readonly cause: string;

  constructor(error: string, cause = '') {
    super(error);
    this.error = error;
    this.cause = cause;
  }
}

export type Execution = {
  readonly name: string;
  alive: boolean;
  state: ExecutionState;
  readonly launched: (() => void)[];
};

export type Outside = {
  /** Invokes a step function; `failed` tells that the invocation did. */
  readonly invoke: (name: string, payload: Json, failed: (error: string) => void) => void;
  readonly runTask: (execution: Execution, parameters: Json, timeout: number) => Promise<Json>;
};

export class StepFunctions {
  readonly executions = new Map<string, Execution>();
  readonly #world: World;
  readonly #faults: Faults;
  readonly #outside: Outside;
  readonly #machines = new Map<string, MachineDefinition>();
  readonly #tokens = new Map<string, (answer: TokenAnswer) => void>();
  #count = 0;

  constructor(world: World, faults: Faults, outside: Outside) {
    this.#world = world;
    this.#faults = faults;
    this.#outside = outside;
  }

  readonly port: Machines = {
    ensure: async (name, definition) => void this.#machines.set(name, definition),
    remove: async (name) => void this.#machines.delete(name),
    start: async ({ name, machine, input }) => {
      const definition = this.#machines.get(machine);
      if (!definition) throw new Error(`no machine ${machine}`);
      if (!this.executions.has(name)) this.#start(name, definition, JSON.parse(input) as Json);
    },
    stop: async ({ name }) => {
      const execution = this.executions.get(name);
      if (!execution?.alive) return;
      this.#world.log('StopExecution', name);
      this.#close(execution, 'ABORTED');
      // `.sync` tasks are stopped, best effort.
      for (const stop of execution.launched)
        if (!this.#faults.stopfail || this.#world.chance(0.7)) this.#world.after(this.#world.random() * 5, stop);
    },
    describe: async ({ name }) => this.executions.get(name)?.state,
    answer: async (token, answer) => {
      const resolve = this.#tokens.get(token);
      this.#tokens.delete(token);
      resolve?.(answer);
      return resolve !== undefined;
    },
  };

  /** The process that interprets the machines is killed: it knows of no execution any more, and answers no token. */
  forget(): void {
    for (const execution of this.executions.values()) execution.alive = false;
    this.executions.clear();
    this.#tokens.clear();
  }

  #start(name: string, definition: MachineDefinition, input: Json): void {
    const execution: Execution = { name, alive: true, state: { state: 'running' }, launched: [] };
    this.executions.set(name, execution);
    this.#world.log('StartExecution', name);
    if (this.#faults.die && this.#world.chance(0.4)) {
      this.#world.after(this.#world.random() * 200, () => execution.alive && this.#close(execution, 'FAILED'));
    }
    this.#run(execution, definition, input).then(
      () => execution.alive && this.#close(execution, 'SUCCEEDED'),
      (error: unknown) => {
        if (!(error instanceof StateError)) throw error;
        if (!execution.alive) return;
        if (error.error !== 'Gofer.Failed') this.#world.violate(`execution ${name} was killed by ${error.error}`);
        this.#close(execution, 'FAILED');
      },
    );
  }

  #close(execution: Execution, status: 'SUCCEEDED' | 'FAILED' | 'ABORTED'): void {
    this.#world.log('execution', execution.name, status);
    execution.alive = false;
    execution.state = { state: 'closed', status, stopped: this.#world.now * 1000 };
  }

  async #run(execution: Execution, definition: MachineDefinition, input: Json): Promise<unknown> {
    let name = definition.StartAt;
    let data: unknown = input;
    for (;;) {
      await this.#world.sleep(this.#world.random() * 0.3);
      if (!execution.alive) return new Promise(() => undefined);
      const state = definition.States[name] as State;
      const step = await this.#enter(execution, name, state, data as Json);
      data = step.data;
      if (step.next === undefined) return data;
      name = step.next;
    }
  }

  /** One entry of a state, with its retries; counters begin anew at each entry. */
  async #enter(
    execution: Execution,
    name: string,
    state: State,
    data: Json,
  ): Promise<{ data: unknown; next?: string | undefined }> {
    const used = new Map<number, number>();
    for (;;) {
      try {
        const result = await this.#act(execution, name, state, data);
        const selected = state.ResultSelector ? {} : result;
        const merged = put(data, state.ResultPath ?? '$', selected);
        return { data: state.OutputPath ? at(merged as Json, state.OutputPath) : merged, next: state.Next };
      } catch (error) {
        if (!(error instanceof StateError)) throw error;
        const wait = this.#retry(state, error.error, used);
        if (wait !== undefined) {
          await this.#world.sleep(wait);
          if (!execution.alive) return new Promise(() => undefined);
          continue;
        }
        const caught = state.Catch?.find(({ ErrorEquals }) => matches(ErrorEquals, error.error));
        if (!caught) throw error;
        return {
          data: put(data, caught.ResultPath ?? '$', { Error: error.error, Cause: error.cause }),
          next: caught.Next,
        };
      }
    }
  }

  #retry(state: State, error: string, used: Map<number, number>): number | undefined {
    const index = (state.Retry ?? []).findIndex(({ ErrorEquals }) => matches(ErrorEquals, error));
    const retrier = state.Retry?.[index];
    const times = used.get(index) ?? 0;
    if (!retrier || times >= (retrier.MaxAttempts ?? 3)) return undefined;
    used.set(index, times + 1);
    const wait = Math.min(
      (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** times,
      retrier.MaxDelaySeconds ?? 1e9,
    );
    return retrier.JitterStrategy === 'FULL' ? this.#world.random() * wait : wait;
  }

  async #act(execution: Execution, name: string, state: State, data: Json): Promise<unknown> {
    if (state.Type === 'Pass') return state.Result ?? data;
    if (state.Type === 'Parallel')
      return Promise.all((state.Branches ?? []).map((branch) => this.#run(execution, branch, data)));
    if (state.Resource?.includes('waitForTaskToken')) return this.#waitForToken(execution, name, state, data);
    return this.#outside.runTask(execution, filled(state.Parameters ?? {}, data, ''), state.TimeoutSeconds ?? 0);
  }

  #waitForToken(execution: Execution, name: string, state: State, data: Json): Promise<unknown> {
    const token = `T${++this.#count}`;
    const { FunctionName, Payload } = filled(state.Parameters ?? {}, data, token) as {
      FunctionName: string;
      Payload: Json;
    };
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        if (!this.#tokens.delete(token)) return;
        this.#world.after(this.#world.random() * 0.5, () => execution.alive && act());
      };
      const fail = (error: string) => settle(() => reject(new StateError(error)));
      this.#tokens.set(token, (answer) => {
        this.#world.log('answer', name, token, 'error' in answer ? answer.error : `launch ${answer.output['k']}`);
        this.#world.after(this.#world.random() * 0.5, () => {
          if (!execution.alive) return;
          if ('error' in answer) reject(new StateError(answer.error, answer.cause));
          else resolve(answer.output);
        });
      });
      const { troubles } = this.#world;
      if (troubles && this.#faults.throttle && this.#world.chance(0.1)) return fail('Lambda.TooManyRequestsException');
      this.#outside.invoke(FunctionName, Payload, fail);
      if (troubles && this.#faults.ghost && this.#world.chance(0.1))
        this.#world.after(this.#world.random() * 10, () => fail('Lambda.ServiceException'));
    });
  }
}

const matches = (names: readonly string[], error: string) => names.includes(error) || names.includes('States.ALL');

/** A payload template: members whose name ends in `.$` are paths. */
function filled(template: Json, data: Json, token: string): Json {
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) => {
      if (name.endsWith('.$')) return [name.slice(0, -2), value === '$$.Task.Token' ? token : at(data, String(value))];
      return [
        name,
        typeof value === 'object' && value !== null && !Array.isArray(value)
          ? filled(value as Json, data, token)
          : value,
      ];
    }),
  );
}

/** The value at a path like `$.o.e`; a path that leads nowhere ends the execution on AWS, so it does here. */
function at(data: Json, path: string): unknown {
  const value = path
    .split('.')
    .slice(1)
    .reduce<unknown>((found, name) => (found as Json | undefined)?.[name], data);
  if (value === undefined) throw new StateError('States.ParameterPathFailure', path);
  return value;
}

function put(data: unknown, path: string, value: unknown): unknown {
  const [, name, ...rest] = path.split('.');
  if (name === undefined) return value;
  const object = data as Json;
  return { ...object, [name]: put(object[name] ?? {}, ['$', ...rest].join('.'), value) };
}
