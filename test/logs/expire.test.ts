import { expect, test } from 'vitest';
import { createApi } from '../../lambdas/api/api.ts';
import { createExpiryHandler } from '../../lambdas/events/expiry.ts';
import { lookAfter } from '../../lib/object/look-after.ts';
import type { LogStream } from '../../lib/ports/logs.ts';
import { taskKey } from '../../lib/store/items/run.ts';
import { type ConfigItem, configKey } from '../../lib/store/items/version.ts';
import { proxyEvent } from '../api/client.ts';
import { createMemoryHome } from '../memory-home.ts';
import { register, runsUpTo } from '../object/world.ts';

/** Runs that are over, of one task with two launches each, whose logs are kept for 3 further runs. */
async function world(last: number) {
  const removed: LogStream[] = [];
  const memory = createMemoryHome({ settings: { retention: { runLogs: 3 } } });
  const home = { ...memory, logs: { ...memory.logs, remove: async (stream: LogStream) => void removed.push(stream) } };
  const uid = await register(home);
  await runsUpTo(home, uid, last);
  const { version } = (await home.table.get(configKey(uid, 1))) as ConfigItem;
  for (let number = 1; number <= last; number++) {
    await home.table.put({ ...taskKey(uid, number, 'only'), launch: 2, attempt: 2, status: 'successful' });
    await home.table.update(
      { pk: `PIPELINE#${uid}`, sk: `RUN#${String(number).padStart(10, '0')}` },
      {
        set: {
          version,
          state: 'complete',
          status: 'successful',
          created: 1,
          variables: {},
          initiator: { id: 'a', user: 'a' },
        },
      },
    );
  }
  await lookAfter(home, { uid, namespace: 'default', id: 'build' });
  const api = createApi(home);
  const ask = async (path: string) => {
    const { statusCode, body } = await api(proxyEvent('GET', `/api/namespaces/default/pipelines/build/runs/${path}`));
    return { status: statusCode, ...(body && JSON.parse(body)) };
  };
  return { home, removed, ask, sweep: createExpiryHandler(home) };
}

test('the logs of a run are there until three further runs are over', async () => {
  const { ask } = await world(4);
  expect(await ask('1/tasks/only')).toMatchObject({ task_execution: { logs_expired: true } });
  expect(await ask('2/tasks')).toMatchObject({ task_executions: [{ logs_expired: false }] });
  const expired = {
    status: 410,
    error_code: 'logs_expired',
    message: 'the logs of run 1 have expired: they are kept until 3 further runs are over',
  };
  expect(await ask('1/tasks/only/logs')).toMatchObject(expired);
  expect(await ask('1/logs')).toMatchObject(expired);
  expect((await ask('2/tasks/only/logs')).status).toBe(200);
});

test('a run says when its objects have expired', async () => {
  const { ask } = await world(3);
  expect(await ask('1')).toMatchObject({ run: { run_id: 1, store_objects_expired: true } });
  expect(await ask('2')).toMatchObject({ run: { run_id: 2, store_objects_expired: false } });
});

test('expired logs are removed once, every launch of every task', async () => {
  const { removed, sweep } = await world(4);
  await sweep();
  await sweep();
  expect(removed.map(({ run, task, launch }) => `${run.split('_')[1]} ${task} ${launch}`)).toEqual([
    '1 only 1',
    '1 only 2',
  ]);
});

test('after a pause they are removed some runs at a time', async () => {
  const { removed, sweep } = await world(120);
  await sweep();
  expect(removed).toHaveLength(100);
  for (let n = 0; n < 3; n++) await sweep();
  expect(removed).toHaveLength(2 * 117);
});

test('without the setting logs don’t expire by runs', async () => {
  const { home, removed } = await world(5);
  await createExpiryHandler({ ...home, settings: { ...home.settings, retention: {} } })();
  expect(removed).toEqual([]);
});
