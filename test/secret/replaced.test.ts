/** Secrets that are replaced while somebody waits for a log. */
import { expect, test } from 'vitest';
import { decodeEvents } from '../../lib/client/sse.ts';
import { getRun } from '../../lib/run/runs.ts';
import { taskKey } from '../../lib/store/items/run.ts';
import { runName } from '../../lib/task/group.ts';
import { configs, runs, startApi } from '../api/client.ts';
import { createMemoryLogs } from '../api/memory-logs.ts';
import { createMemoryHome } from '../memory-home.ts';

test('what a container prints is masked, though its secret was replaced after its log had been opened', async () => {
  const logs = createMemoryLogs();
  const opened = Promise.withResolvers<void>();
  const read: typeof logs.read = (...reading) => {
    opened.resolve();
    return logs.read(...reading);
  };
  const home = { ...createMemoryHome(), logs: { ...logs, read } };
  const send = await startApi(home);
  const put = (content: string) =>
    send('POST /api/namespaces/default/pipelines/build/secrets', { body: { key: 'pass', content, force: true } });
  const task = { id: 'compile', image: 'busybox', variables: { PASS: 'pipeline_secret{{ pass }}' } };
  await send(`POST ${configs}`, { body: { config: { id: 'build', tasks: [task] } } });
  await put('the value of the request');
  await send(`POST ${runs}`, { body: { variables: {} } });
  const { uid } = await getRun(home, { namespace: 'default', pipeline: 'build', number: 1 });
  await home.table.update(taskKey(uid, 1, 'compile'), { set: { launch: 1, attempt: 1 } });

  const headers = { accept: 'text/event-stream' };
  const { result } = await send(`GET ${runs}/1/tasks/compile/logs`, { headers });
  if (!result.stream || !('bytes' in result.stream)) throw new Error('the log is no stream');
  const bytes = result.stream.bytes(new AbortController().signal);
  const told = (async () => {
    const texts: unknown[] = [];
    for await (const { event, data } of decodeEvents(bytes)) if (event === 'message') texts.push(JSON.parse(data).text);
    return texts;
  })();
  await opened.promise;
  await put('the value of the start');
  logs.write({ run: runName(uid, 1), task: 'compile', launch: 1 }, 'got the value of the start');
  await home.table.update(taskKey(uid, 1, 'compile'), { set: { status: 'successful' } });
  logs.wake();
  expect(await told).toEqual(['got ***']);
});
