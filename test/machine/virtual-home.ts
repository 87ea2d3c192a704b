/**
 * A home in which compiled machines run on the interpreter, with the product's own step functions, in virtual time.
 * Nothing takes time but containers and the intervals of retries, so every start can be foretold to the second.
 */
import { StateMachine } from 'aws-local-stepfunctions';
import type { Home } from '../../lib/home.ts';
import type { Container } from '../../lib/ports/containers.ts';
import type { ExecutionState, MachineDefinition, TokenAnswer } from '../../lib/ports/machines.ts';
import { type FinishPayload, finish } from '../../lib/run/finish.ts';
import { sweepRuns } from '../../lib/run/sweep.ts';
import { createMemoryTable } from '../../lib/store/memory.ts';
import { parseGroup } from '../../lib/task/group.ts';
import { type NextPayload, next } from '../../lib/task/next.ts';
import { onTaskStateChange } from '../../lib/task/state-change.ts';
import { createMemoryObjects } from '../memory-objects.ts';
import { createMemorySecrets } from '../memory-secrets.ts';
import { statesOf } from './definition.ts';
import { attemptOf, type Plan } from './reference.ts';

type Json = Parameters<StateMachine['run']>[0];
type Gate = { readonly FunctionName: string; readonly Payload: Record<string, unknown> };
const noRoom = 'You’ve reached the limit on the number of vCPUs you can run concurrently.';

type Event = { readonly time: number; readonly order: number; readonly act: () => void };

export type Started = { readonly task: string; readonly time: number };

/** `room`: containers that may live at a time. Only then is anything refused that the sweep must take up, and it sweeps. */
export function createVirtualHome(plan: Plan, random: () => number, room?: (time: number) => number) {
  let now = 0;
  const events: Event[] = [];
  const started: Started[] = [];
  const entered: string[] = [];
  const listings: number[] = [];
  const failures: unknown[] = [];
  const machines = new Map<string, MachineDefinition>();
  const executions = new Map<string, ExecutionState>();
  const tokens = new Map<string, (answer: TokenAnswer) => void>();
  const containers = new Map<string, Container>();
  const launched = new Map<string, number>();

  /** Events of the same moment come in an order that chance gives. */
  const after = (seconds: number, act: () => void) =>
    void events.push({ time: now + seconds * 1000, order: random(), act });
  const invoke = (work: Promise<void>) => void work.catch((error: unknown) => failures.push(error));

  /** A gate invokes its function and waits; asked again after an answer, it first waits as its Retry says. */
  function gate(definition: MachineDefinition, name: string) {
    const retries = new Map(statesOf(definition)).get(name)?.Retry ?? [];
    let pause = 0;
    return async (input: Json): Promise<Json> => {
      entered.push(name);
      const { FunctionName, Payload } = input as unknown as Gate;
      const token = `${name} ${entered.length}`;
      const answered = new Promise<TokenAnswer>((resolve) => tokens.set(token, resolve));
      const payload: unknown = { ...Payload, token };
      after(pause, () =>
        invoke(FunctionName === 'finish' ? finish(home, payload as FinishPayload) : next(home, payload as NextPayload)),
      );
      const answer = await answered;
      pause = 0;
      if ('output' in answer) return answer.output as Json;
      const retry = retries.find(({ ErrorEquals }) => ErrorEquals.includes(answer.error));
      if (retry?.MaxAttempts) pause = retry.IntervalSeconds ?? 0;
      throw named(answer.error, answer.cause ?? '');
    };
  }

  async function runTask(input: Json): Promise<Json> {
    const { Group: group } = input as unknown as { Group: string };
    const { task = '', launch = 0 } = parseGroup(group) ?? {};
    entered.push(task);
    const behaviour = plan.get(task);
    if (!behaviour) throw new Error(`no plan for ${task}`);
    if (launch <= behaviour.refused) throw named('AmazonECS.Unknown', 'no capacity');
    const living = [...containers.values()].filter(({ lastStatus }) => lastStatus !== 'STOPPED').length;
    if (room && living >= room(now / 1000)) throw named('AmazonECS.Unknown', noRoom);
    const attempt = (launched.get(task) ?? 0) + 1;
    launched.set(task, attempt);
    const { seconds, exit } = attemptOf(behaviour, attempt);
    started.push({ task, time: now / 1000 });
    const running: Container = { arn: group, group, lastStatus: 'RUNNING', createdAt: now, startedAt: now };
    tell(running);
    return new Promise((resolve, reject) => {
      after(seconds, () => {
        const facts = { stoppedAt: now, exitCode: exit, stopCode: 'EssentialContainerExited' };
        const stopped: Container = { ...running, ...facts, lastStatus: 'STOPPED' };
        after(0, () => tell(stopped));
        after(0, () => (exit === 0 ? resolve({}) : reject(named('States.TaskFailed', describe(stopped)))));
      });
    });
  }

  function tell(container: Container): void {
    containers.set(container.arn, container);
    invoke(onTaskStateChange(home, container));
  }

  async function listed(): Promise<Container[]> {
    listings.push(now / 1000);
    return [...containers.values()];
  }

  function start(name: string, definition: MachineDefinition, input: string): void {
    const states = statesOf(definition).filter(([, { Type }]) => Type === 'Task');
    const handlers = states.map(([state]) => [state, state.includes(' ') ? gate(definition, state) : runTask] as const);
    const machine = new StateMachine(structuredClone(definition) as never, { validationOptions: { noValidate: true } });
    const { result } = machine.run(JSON.parse(input) as Json, {
      overrides: {
        taskResourceLocalHandlers: Object.fromEntries(handlers),
        retryIntervalOverrides: Object.fromEntries(states.map(([state]) => [state, 0])),
      },
      context: { Task: { Token: 'given by the gate' } } as never,
    });
    executions.set(name, { state: 'running' });
    if (room) sweep();
    const closed = { state: 'closed', stopped: now } as const;
    result.then(
      () => executions.set(name, { ...closed, status: 'SUCCEEDED' }),
      ({ cause }: Error) => {
        const error = cause instanceof Error ? cause.name : 'unknown';
        executions.set(name, { ...closed, status: 'FAILED', error });
      },
    );
  }

  /** Every minute, as on AWS, while anything runs. */
  function sweep(): void {
    after(60, () => {
      invoke(sweepRuns(home).then(({ errors }) => void failures.push(...errors.map(({ error }) => error))));
      if ([...executions.values()].some(({ state }) => state === 'running')) sweep();
    });
  }

  const home: Home = {
    table: createMemoryTable(),
    now: () => now,
    random,
    afterwards: (work) => work(),
    machines: {
      ensure: async (name, definition) => void machines.set(name, definition),
      remove: async (name) => void machines.delete(name),
      start: async ({ name, machine, input }) => {
        const definition = machines.get(machine);
        if (definition && !executions.has(name)) start(name, definition, input);
      },
      stop: async () => undefined,
      describe: async ({ name }) => executions.get(name),
      answer: async (token, answer) => {
        const resolve = tokens.get(token);
        tokens.delete(token);
        resolve?.(answer);
        return resolve !== undefined;
      },
    },
    containers: {
      nameOf: ({ image }) => `definition of ${image}`,
      define: async ({ image }) => `definition of ${image}`,
      forget: async () => undefined,
      list: listed,
      listAll: listed,
      stop: async (arn) => void failures.push(new Error(`${arn} was stopped`)),
    },
    schedules: { set: async () => undefined },
    secrets: createMemorySecrets(),
    objects: createMemoryObjects(),
    logs: {
      // biome-ignore lint/correctness/useYield: containers here write nothing.
      read: async function* () {
        return;
      },
      remove: async () => undefined,
    },
    settings: {
      kind: 'local',
      network: {},
      cluster: 'cluster',
      nextFunction: 'next',
      finishFunction: 'finish',
      capacity: [],
      defaultTimeout: 86_400,
      quiet: 120,
    },
  };

  return {
    home,
    started,
    entered,
    /** When the cluster was listed, in seconds. */
    listings,
    executions,
    /** Lets time pass in which nothing happens. */
    pass: (seconds: number) => {
      now += seconds * 1000;
    },
    /** Lets time pass until nothing is left to happen. */
    async run(): Promise<void> {
      for (;;) {
        await new Promise(setImmediate);
        if (failures.length > 0) throw failures[0];
        const event = events.sort((a, b) => a.time - b.time || a.order - b.order).shift();
        if (!event) return;
        now = event.time;
        event.act();
      }
    },
  };
}

function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}

/** The Cause of `States.TaskFailed`: the stopped task, as `ecs:runTask.sync` writes it. */
const describe = ({ arn, group, createdAt, startedAt, stoppedAt, stopCode, exitCode }: Container): string =>
  JSON.stringify({
    TaskArn: arn,
    Group: group,
    LastStatus: 'STOPPED',
    CreatedAt: createdAt,
    StartedAt: startedAt,
    StoppedAt: stoppedAt,
    StopCode: stopCode,
    Containers: [{ Name: 'task', ExitCode: exitCode }],
  });
