import { expect, test } from 'vitest';
import { checkPipeline } from '../../lib/pipeline/schema.ts';
import type { LoadedRun } from '../../lib/run/load.ts';
import { containerRequest } from '../../lib/task/request.ts';
import { createMemoryHome } from '../memory-home.ts';

const config = checkPipeline({
  id: 'build',
  tasks: [
    { id: 'asks', image: 'busybox', inject_api_token: true },
    { id: 'quiet', image: 'busybox' },
  ],
});
const run = {
  namespace: 'default',
  pipeline: 'build',
  uid: 'u1',
  number: 7,
  variables: {},
} as unknown as LoadedRun['run'];
const home = { ...createMemoryHome(), apiBaseUrl: async () => 'https://gofer.example/prod' };

async function variables(id: string) {
  const task = config.tasks.find((each) => each.id === id);
  if (!task) throw new Error(`no task ${id}`);
  const { v } = await containerRequest(home, { run, config }, task, 1);
  return Object.fromEntries((v.ContainerOverrides[0]?.Environment ?? []).map(({ Name, Value }) => [Name, Value]));
}

test('a task with a token is told where it is good', async () => {
  expect(await variables('asks')).toMatchObject({
    GOFER_API_BASE_URL: 'https://gofer.example/prod',
    GOFER_RUN_ID: '7',
  });
});

test('other tasks are not, and no token is among the variables of any', async () => {
  expect(await variables('quiet')).not.toHaveProperty('GOFER_API_BASE_URL');
  expect(await variables('asks')).not.toHaveProperty('GOFER_TOKEN');
});
