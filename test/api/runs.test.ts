import { beforeEach, expect, test } from 'vitest';
import type { TaskExecution } from '../../lib/api/schemas/task-execution.ts';
import { getRun } from '../../lib/run/runs.ts';
import { taskKey } from '../../lib/store/items/run.ts';
import type { TaskItem } from '../../lib/task/task.ts';
import { createMemoryHome, type MemoryHome } from '../memory-home.ts';
import { buildConfig, configs, runs, type Send, startApi } from './client.ts';

let home: MemoryHome;
let send: Send;

beforeEach(async () => {
  home = createMemoryHome();
  send = await startApi(home);
});

const register = (parallelism = 0) => send(`POST ${configs}`, { body: { config: { ...buildConfig, parallelism } } });
const start = (headers = {}) => send(`POST ${runs}`, { body: { variables: { who: 'me' } }, headers });
const numbers = ({ json }: Awaited<ReturnType<Send>>) =>
  (json['runs'] as { run_id: number }[]).map((run) => run.run_id);

/** Writes what the engine would have. */
async function write(task: string, item: Partial<TaskItem>): Promise<void> {
  const { uid } = await getRun(home, { namespace: 'default', pipeline: 'build', number: 1 });
  await home.table.update(taskKey(uid, 1, task), { set: { ...item } });
}

async function taskOf(id: string): Promise<TaskExecution> {
  return (await send(`GET ${runs}/1/tasks/${id}`)).json['task_execution'] as TaskExecution;
}

test('a run is started, found and listed', async () => {
  await register();
  const started = await start();
  expect(started).toMatchObject({
    status: 201,
    json: { run: { run_id: 1, status: 'unknown', variables: [{ key: 'who', value: 'me', source: 'run_options' }] } },
  });
  expect((await send(`GET ${runs}/1`)).json).toMatchObject({ run: { run_id: 1, state: 'running' } });
  expect(numbers(await send(`GET ${runs}`))).toEqual([1]);
});

test('lists come in pages, from either end', async () => {
  await register();
  for (let i = 0; i < 5; i++) await start();
  expect(numbers(await send(`GET ${runs}`))).toEqual([1, 2, 3, 4, 5]);
  expect(numbers(await send(`GET ${runs}?limit=2&offset=1`))).toEqual([2, 3]);
  expect(numbers(await send(`GET ${runs}?limit=2&offset=1&reverse=true`))).toEqual([4, 3]);
  expect(numbers(await send(`GET ${runs}?offset=9`))).toEqual([]);
  const tasks =
    (await send(`POST ${runs}`, { body: { variables: {} } })) && (await send(`GET ${runs}/1/tasks?limit=1&offset=1`));
  expect((tasks.json['task_executions'] as TaskExecution[]).map(({ task_id }) => task_id)).toEqual(['test']);
});

test('the same Idempotency-Key answers with the same run', async () => {
  await register();
  const first = await start({ 'Idempotency-Key': 'once' });
  const again = await start({ 'idempotency-key': 'once' });
  expect(again.json['run']).toMatchObject({ run_id: (first.json['run'] as { run_id: number }).run_id });
  expect(numbers(await send(`GET ${runs}`))).toEqual([1]);
});

test('a pending run tells its place in the queue', async () => {
  await register(1);
  for (let i = 0; i < 3; i++) await start();
  expect((await send(`GET ${runs}/1`)).json['run']).not.toHaveProperty('queue_position');
  expect((await send(`GET ${runs}/2`)).json['run']).toMatchObject({ state: 'pending', started: 0, queue_position: 1 });
  expect((await send(`GET ${runs}/3`)).json['run']).toMatchObject({ state: 'pending', queue_position: 2 });
});

test('the event of a run’s start is found under its event_id', async () => {
  await register();
  await start();
  const { event_id } = (await send(`GET ${runs}/1`)).json['run'] as { event_id: string };
  expect((await send(`GET /api/events/${event_id}`)).json).toMatchObject({
    event: { id: event_id, kind: { started_run: { run_id: 1 } } },
  });
});

test('a task that nothing is known of yet is processing, one with open parents waits for them', async () => {
  await register();
  await start();
  expect(await taskOf('compile')).toMatchObject({
    state: 'processing',
    status: 'unknown',
    started: 0,
    exit_code: null,
  });
  expect(await taskOf('test')).toMatchObject({ state: 'waiting', waiting_for: ['compile'] });
});

test('a task that AWS has no room for says so while it waits', async () => {
  await register();
  await start();
  const cause = 'You’ve reached the limit on the number of vCPUs you can run concurrently.';
  for (const phase of ['later', 'held'] as const) {
    await write('compile', { phase, launch: 4, attempt: 1, error: 'AmazonECS.Unknown', cause, not_before: 99 });
    const postponed_because = expect.stringContaining('as many Fargate vCPUs as it may');
    expect(await taskOf('compile')).toMatchObject({ state: 'waiting', postponed_because, next_attempt: 99 });
  }
  await write('compile', { phase: 'granted', launch: 5 });
  expect(await taskOf('compile')).not.toHaveProperty('postponed_because');
});

test('a running task shows when it started, a retried one each attempt', async () => {
  await register();
  await start();
  await write('compile', { phase: 'granted', launch: 1, attempt: 1 });
  expect(await taskOf('compile')).toMatchObject({ state: 'processing', attempts: [{ attempt: 1, started: 0 }] });
  await write('compile', { launch_1: { arn: 'a', state: 'RUNNING', started: 10 } });
  expect(await taskOf('compile')).toMatchObject({ state: 'running', started: 10, ended: 0 });

  const stopped = { arn: 'a', state: 'STOPPED', started: 10, stopped: 20, exit_code: 3 } as const;
  const first = { ...stopped, stop_code: 'EssentialContainerExited' };
  await write('compile', { phase: 'again', not_before: 99, launch_1: first });
  expect(await taskOf('compile')).toMatchObject({ state: 'waiting', next_attempt: 99 });
  await write('compile', {
    phase: 'granted',
    launch: 2,
    attempt: 2,
    launch_2: { arn: 'b', state: 'RUNNING', started: 30 },
  });
  expect(await taskOf('compile')).toMatchObject({
    state: 'running',
    attempts: [
      { launch: 1, attempt: 1, started: 10, ended: 20, exit_code: 3 },
      { launch: 2, attempt: 2, started: 30, ended: 0, exit_code: null },
    ],
  });
});

test('a complete task has its outcome and why', async () => {
  await register();
  await start();
  const reason = { reason: 'failed_precondition', description: '"test" succeeded, needs failure' } as const;
  await write('report', { status: 'skipped', ended: 50, reason });
  expect(await taskOf('report')).toMatchObject({
    state: 'complete',
    status: 'skipped',
    ended: 50,
    status_reason: reason,
  });
});

test('a run and a task are cancelled; an unknown one is named', async () => {
  await register();
  await start();
  expect((await send(`DELETE ${runs}/1/tasks/report?wait_for=10`)).status).toBe(204);
  expect(await taskOf('report')).toMatchObject({ status: 'cancelled' });
  expect((await send(`DELETE ${runs}/1`)).status).toBe(204);
  expect((await send(`DELETE ${runs}/7`)).json['message']).toBe('run "7" does not exist in pipeline "build"');
  const unknown = await send(`GET ${runs}/1/tasks/tset`);
  expect(unknown).toMatchObject({
    status: 404,
    json: { message: 'task "tset" does not exist in run 1; did you mean "test"?' },
  });
});

test('an older version is rolled back to', async () => {
  await register();
  await send(`POST ${configs}`, { body: { config: { ...buildConfig, description: 'second' } } });
  for (const version of [1, 2]) expect((await send(`POST ${configs}/${version}`)).status).toBe(201);
  const back = await send('POST /api/namespaces/default/pipelines/build/deployments/rollback');
  expect(back).toMatchObject({ status: 201, json: { deployment: { start_version: 2, end_version: 1 } } });
});
