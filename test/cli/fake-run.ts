/** Runs and tasks in the contract's shapes, with only what a test is about spelled out. */
import type { Run, TaskExecution } from '../../lib/client/types.ts';
import type { Answer, Routes } from './fake-io.ts';

export const noon = Date.UTC(2026, 10, 23, 12);
export const pipelinePath = '/api/namespaces/default/pipelines/build';
export const runPath = `${pipelinePath}/runs/1`;

export const run = (given: Partial<Run> = {}): Run => ({
  namespace_id: 'default',
  pipeline_id: 'build',
  pipeline_config_version: 2,
  run_id: 1,
  started: noon - 10_000,
  ended: 0,
  state: 'running',
  status: 'unknown',
  status_reason: null,
  initiator: { id: 'i', user: 'ada' },
  variables: [],
  store_objects_expired: false,
  ...given,
});

export const ended = (status: Run['status'], given: Partial<Run> = {}): Run =>
  run({ state: 'complete', status, ended: noon - 5800, ...given });

type Given = Partial<Omit<TaskExecution, 'task'>> & { task?: Partial<TaskExecution['task']> };

export const task = (id: string, { task = {}, ...given }: Given = {}): TaskExecution => ({
  namespace_id: 'default',
  pipeline_id: 'build',
  run_id: 1,
  task_id: id,
  created: noon - 10_000,
  started: 0,
  ended: 0,
  exit_code: null,
  logs_expired: false,
  logs_removed: false,
  state: 'waiting',
  status: 'unknown',
  status_reason: null,
  variables: [],
  task: {
    id,
    description: '',
    image: 'busybox:latest',
    depends_on: {},
    variables: [],
    inject_api_token: false,
    always_pull_newest_image: false,
    ...task,
  },
  ...given,
});

const times = { started: noon - 9000, ended: noon - 7800 };

export const successful = (id: string, given: Given = {}): TaskExecution =>
  task(id, { state: 'complete', status: 'successful', exit_code: 0, ...times, ...given });

export const failed = (id: string, given: Given = {}): TaskExecution =>
  task(id, {
    state: 'complete',
    status: 'failed',
    exit_code: 3,
    status_reason: { reason: 'abnormal_exit', description: 'exit code 3' },
    ...times,
    ...given,
  });

export const skipped = (id: string, given: Given = {}): TaskExecution =>
  task(id, { state: 'complete', status: 'skipped', ...given });

/** A run that is at the first of these moments, goes on to the next each time its tasks are read, and stays at the last. */
export function course(moments: readonly { run: Run; tasks: readonly TaskExecution[] }[]): Routes {
  let at = 0;
  const now = () => moments[Math.min(at, moments.length - 1)];
  return {
    [`GET ${runPath}`]: () => ({ body: { run: now()?.run } }),
    [`GET ${runPath}/tasks`]: () => {
      const tasks = now()?.tasks;
      at++;
      return { body: { task_executions: tasks } };
    },
  };
}

/** The logs of a whole run, `{ compile: ['one', 'two'] }`: one event a task, then their end. */
export const runLog = (logs: Readonly<Record<string, readonly string[]>>): Answer => ({
  sse: [
    ...Object.entries(logs).map(([task, texts], i) => {
      const lines = texts.map((text) => ({ task, attempt: 1, time: noon, source: 'stdout', text }));
      return `id: p${i + 1}\ndata: ${JSON.stringify({ lines, ended: [task] })}`;
    }),
    'event: end\ndata: {}',
  ],
});

/** A log as Server-Sent Events, to its end. */
export const log = (...lines: string[]): Answer => ({
  sse: [
    ...lines.map((text, i) => `id: 1.${i + 1}\ndata: ${JSON.stringify({ time: noon, source: 'stdout', text })}`),
    'event: end\ndata: {}',
  ],
});
