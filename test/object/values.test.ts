import { expect, test } from 'vitest';
import { ensureDefaultNamespace } from '../../lib/namespace/namespaces.ts';
import { putObject } from '../../lib/object/put.ts';
import { removeObject } from '../../lib/object/remove.ts';
import { registerConfig } from '../../lib/pipeline/register.ts';
import type { TokenAnswer } from '../../lib/ports/machines.ts';
import { startRun } from '../../lib/run/start.ts';
import { taskKey } from '../../lib/store/items/run.ts';
import { runName } from '../../lib/task/group.ts';
import { next } from '../../lib/task/next.ts';
import { createMemoryHome } from '../memory-home.ts';
import { address, chunks, pipelinePlace, put, runPlace } from './world.ts';

/** A run of one task with these variables, which is about to start. */
async function world(variables: Readonly<Record<string, string>>, kind: 'local' | 'aws' = 'local') {
  const answers: TokenAnswer[] = [];
  const memory = createMemoryHome({ settings: { kind } });
  const machines = { ...memory.machines, answer: async (_: string, answer: TokenAnswer) => answers.push(answer) > 0 };
  const home = { ...memory, machines };
  await ensureDefaultNamespace(home);
  const tasks = [{ id: 'only', image: 'busybox', command: ['env'], variables }];
  await registerConfig(home, { ...address, config: { id: 'build', name: 'build', tasks } });
  const run = await startRun(home, { ...address, variables: {}, initiator: { id: 'a', user: 'a' } });
  const { uid, number } = run;
  const begin = () => next(home, { v: 1, run: runName(uid, number), task: 'only', o: {}, token: 'token' });
  const row = () => home.table.get(taskKey(uid, number, 'only'));
  return { home, answers, begin, row };
}

/** What the container is told. */
function environment(answer: TokenAnswer | undefined): Readonly<Record<string, string>> {
  const { v } = (answer && 'output' in answer ? answer.output : {}) as {
    v?: { ContainerOverrides: [{ Environment: { Name: string; Value: string }[] }] };
  };
  return Object.fromEntries((v?.ContainerOverrides[0].Environment ?? []).map(({ Name, Value }) => [Name, Value]));
}

test('a task gets the objects that its variables refer to, as they are when it starts', async () => {
  const { home, begin, answers } = await world({
    version: 'pipeline_object{{ version }}',
    REPORT: ' run_object{{reports/today}} ',
    PLAIN: 'as it is',
  });
  await put(home, 'version', '1.2.3');
  await put(home, 'reports/today', 'two lines\nwith ünïcode\n', { number: 1 });
  await begin();
  expect(environment(answers[0])).toMatchObject({
    VERSION: '1.2.3',
    REPORT: 'two lines\nwith ünïcode\n',
    PLAIN: 'as it is',
  });
});

test('a launch that has to be told again is told the same, whatever has become of the object', async () => {
  const { home, begin, answers } = await world({ VERSION: 'pipeline_object{{ version }}' });
  await put(home, 'version', '1.2.3');
  await begin();
  await removeObject(home, await pipelinePlace(home), 'version');
  await begin();
  expect(answers).toHaveLength(2);
  expect(answers[1]).toEqual(answers[0]);
});

const failed = (description: string) => ({ status: 'failed', reason: { reason: 'failed_precondition', description } });

test('a missing object fails the task, and is named', async () => {
  const { begin, row, answers } = await world({
    VERSION: 'pipeline_object{{ version }}',
    REPORT: 'run_object{{ report }}',
  });
  await begin();
  expect(await row()).toMatchObject(
    failed(
      [
        'variable VERSION refers to object "version", which does not exist in pipeline "build"',
        'variable REPORT refers to object "report", which does not exist in run 1 of pipeline "build"',
      ].join('\n'),
    ),
  );
  expect(await row()).not.toHaveProperty('launch');
  expect(answers).toEqual([{ error: 'Gofer.Over', cause: 'failed' }]);
});

test('an object that a variable can’t hold fails the task', async () => {
  const { home, begin, row } = await world({ LARGE: 'run_object{{ large }}', BYTES: 'run_object{{ bytes }}' });
  await put(home, 'large', 'x'.repeat(8193), { number: 1 });
  await putObject(home, await runPlace(home, 1), 'bytes', { force: false, bytes: chunks(Uint8Array.of(255, 0)) });
  await begin();
  expect(await row()).toMatchObject(
    failed(
      [
        'variable LARGE refers to object "large", which has 8193 bytes; a variable may hold 8192: let the task get it over the API',
        'variable BYTES refers to object "bytes", which is not text; a variable holds UTF-8 without a zero byte',
      ].join('\n'),
    ),
  );
});

test('together with the command AWS takes 8,192 characters, one machine any number', async () => {
  const variables = { A: 'run_object{{ a }}', B: 'run_object{{ a }}' };
  const aws = await world(variables, 'aws');
  await put(aws.home, 'a', 'x'.repeat(5000), { number: 1 });
  await aws.begin();
  expect(await aws.row()).toMatchObject(
    failed(
      expect.stringMatching(
        /^its command and variables take 10\d\d\d characters with the objects in A, B; AWS allows 8192: /,
      ),
    ),
  );
  const local = await world(variables);
  await put(local.home, 'a', 'x'.repeat(5000), { number: 1 });
  await local.begin();
  expect(environment(local.answers[0])['B']).toHaveLength(5000);
});
