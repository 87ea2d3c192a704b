/**
 * AWS as the handlers see it: the table, Step Functions and ECS in memory, and every invocation a process of its own that
 * may die between any two of its calls.
 */
import { createExecutionStatusChangeHandler } from '../../lambdas/events/execution-status-change.ts';
import { createSweepHandler } from '../../lambdas/events/sweep.ts';
import { createTaskStateChangeHandler } from '../../lambdas/events/task-state-change.ts';
import { createFinishHandler } from '../../lambdas/states/finish.ts';
import { createNextHandler } from '../../lambdas/states/next.ts';
import { deploy } from '../../lib/deployment/deploy.ts';
import type { Home } from '../../lib/home.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import type { Container } from '../../lib/ports/containers.ts';
import type { ExecutionState, TokenAnswer } from '../../lib/ports/machines.ts';
import type { RunItem } from '../../lib/run/run.ts';
import { startRun } from '../../lib/run/start.ts';
import type { EventItem } from '../../lib/store/items/event.ts';
import { namespaceKey, pipelineKey } from '../../lib/store/items/pipeline.ts';
import { runKey, tasksPartition } from '../../lib/store/items/run.ts';
import { createMemoryTable } from '../../lib/store/memory.ts';
import type { TaskItem } from '../../lib/task/task.ts';
import { configOf, createMemoryHome } from '../memory-home.ts';
import { scheduledEvent } from './recorded.ts';

const handlers = {
  next: createNextHandler,
  finish: createFinishHandler,
  taskStateChange: createTaskStateChangeHandler,
  executionStatusChange: createExecutionStatusChangeHandler,
  sweep: createSweepHandler,
};

/** One invocation of a function. */
export type Delivery = { readonly to: keyof typeof handlers; readonly event: unknown };

export class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}

const tasks = [
  { id: 'build', image: 'busybox', command: ['true'], retry: { attempts: 2, interval: 5 } },
  { id: 'test', image: 'busybox', command: ['true'], depends_on: { build: 'any' } },
];

/** `within`: what a function has of the home, where a test says so. */
export async function createAccount(within: (to: Delivery['to'], home: Home) => Home = (_, home) => home) {
  const table = createMemoryTable();
  const base = createMemoryHome({ table, settings: { kind: 'aws' } });
  const containers = new Map<string, Container>();
  const answers = new Map<string, TokenAnswer>();
  /** Living containers that were stopped. */
  const stopped: string[] = [];
  let closed: Extract<ExecutionState, { state: 'closed' }> | undefined;

  /** `calls`: the process dies before the next one. */
  function process(calls = Number.POSITIVE_INFINITY): { home: Home; calls: () => number } {
    let made = 0;
    const mortal = <T extends object>(port: T): T =>
      new Proxy(port, {
        get: (target, name) => {
          const method: unknown = Reflect.get(target, name);
          if (typeof method !== 'function' || name === 'nameOf') return method;
          return async (...args: unknown[]) => {
            if (made >= calls) throw new ProcessDied();
            made++;
            return Reflect.apply(method, target, args);
          };
        },
      });
    const listAll = async () => [...containers.values()];
    const home: Home = {
      ...base,
      table: mortal(table),
      machines: mortal({
        ...base.machines,
        describe: async (): Promise<ExecutionState> => closed ?? { state: 'running' },
        answer: async (token: string, answer: TokenAnswer) => {
          if (answers.has(token)) return false;
          answers.set(token, answer);
          if (token.startsWith('finish')) closed = { state: 'closed', status: 'SUCCEEDED', stopped: base.now() };
          return true;
        },
      }),
      containers: mortal({
        ...base.containers,
        list: listAll,
        listAll,
        stop: async (arn: string) => {
          if (containers.get(arn)?.lastStatus !== 'STOPPED') stopped.push(arn);
        },
      }),
    };
    return { home, calls: () => made };
  }

  await table.put({ ...namespaceKey('default'), id: 'default', name: '', description: '', created: 0, modified: 0 });
  const wanted = { namespace: 'default', pipeline: 'build' };
  const { home } = process();
  await registerConfig(home, { ...wanted, config: { ...configOf('build'), tasks } });
  await deploy(home, { ...wanted, version: 1 });
  const { uid, number } = await startRun(home, { ...wanted, variables: {}, initiator: { id: '', user: '' } });

  return {
    run: `${uid}_${number}`,
    home,
    containers,
    answers,
    stopped,
    pass: base.pass,
    now: base.now,
    /** The execution ends by itself. */
    close: () => {
      closed = { state: 'closed', status: 'FAILED', error: 'States.Runtime', stopped: base.now() };
    },
    /** Returns how many calls the invocation made. */
    async deliver({ to, event }: Delivery, calls?: number): Promise<number> {
      const { home, calls: made } = process(calls);
      await handlers[to](within(to, home))(event);
      return made();
    },
    /** Minute after minute, as long as anything may be left to do. */
    async sweep(minutes = 25): Promise<void> {
      for (let minute = 0; minute < minutes; minute++) {
        base.pass(60);
        await handlers.sweep(within('sweep', process().home))();
      }
    },
    scheduledEvent,
    /** All that users and the next start see of the run, without times. */
    async state() {
      const run = (await table.get(runKey(uid, number))) as RunItem | undefined;
      const rows = (await table.query(tasksPartition(uid, number))) as TaskItem[];
      const pipeline = await table.get(pipelineKey('default', 'build'));
      const events = [...table.partitions]
        .filter(([pk]) => pk.startsWith('EVENTS#'))
        .flatMap(([, items]) => [...items.values()]);
      const told = (events as unknown as EventItem[]).flatMap(({ kind }) =>
        Object.entries(kind).map(([name, ids]) =>
          [name, (ids as { task_execution_id?: string }).task_execution_id ?? ''].join(' '),
        ),
      );
      return {
        run: {
          state: run?.state,
          status: run?.status,
          reason: run?.reason,
          open: run?.open,
          tokens: run?.tokens,
          sweep: run?.sweep,
        },
        tasks: rows.map((row) => ({
          task: row.sk,
          status: row.status,
          reason: row.reason,
          launch: row.launch,
          attempt: row.attempt,
          tokens: row.tokens,
          facts: [1, 2].map((launch) => {
            const facts = row[`launch_${launch}`];
            return facts && [facts.state, facts.exit_code, facts.started !== undefined];
          }),
        })),
        slots: pipeline?.['active'],
        told: told.toSorted(),
      };
    },
  };
}

export type Account = Awaited<ReturnType<typeof createAccount>>;
