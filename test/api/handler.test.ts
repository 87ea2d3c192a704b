import type { APIGatewayProxyResult } from 'aws-lambda';
import { beforeEach, expect, test } from 'vitest';
import { createApiHandler } from '../../lambdas/api/handler.ts';
import { getRun } from '../../lib/run/runs.ts';
import { taskKey } from '../../lib/store/items.ts';
import { runName } from '../../lib/task/group.ts';
import { createMemoryHome } from '../memory-home.ts';
import { buildConfig, configs, proxyEvent, runs, startApi } from './client.ts';
import { createMemoryLogs, type MemoryLogs } from './memory-logs.ts';

let logs: MemoryLogs;
let write: (...texts: string[]) => void;
let ask: (target: string, headers?: Record<string, string>) => Promise<APIGatewayProxyResult>;

beforeEach(async () => {
  logs = createMemoryLogs();
  const home = { ...createMemoryHome(), logs };
  const send = await startApi(home);
  await send(`POST ${configs}`, { body: { config: buildConfig } });
  await send(`POST ${runs}`, { body: { variables: {} } });
  const { uid } = await getRun(home, { namespace: 'default', pipeline: 'build', number: 1 });
  await home.table.update(taskKey(uid, 1, 'compile'), { set: { launch: 1, attempt: 1, status: 'successful' } });
  write = (...texts) => logs.write({ run: runName(uid, 1), task: 'compile', launch: 1 }, ...texts);
  const handler = createApiHandler(home);
  ask = (target, headers = {}) => handler(proxyEvent('GET', target, { headers }));
});

const log = `${runs}/1/tasks/compile/logs`;

test('behind API Gateway a log comes whole, as its bytes', async () => {
  write('one', 'two');
  const result = await ask(log);
  expect(result).toMatchObject({ statusCode: 200, isBase64Encoded: true, headers: { 'x-request-id': 'request-1' } });
  expect(Buffer.from(result.body, 'base64').toString()).toBe('one\ntwo\n');
});

test('a log larger than one answer is refused, a stream too; both say what to do', async () => {
  write(...Array.from({ length: 5 }, () => 'x'.repeat(1024 * 1024)));
  const large = await ask(log);
  expect([large.statusCode, JSON.parse(large.body)]).toEqual([
    413,
    expect.objectContaining({ error_code: 'too_large' }),
  ]);
  const stream = await ask(log, { accept: 'text/event-stream' });
  expect(stream.statusCode).toBe(406);
  expect(JSON.parse(stream.body)).toMatchObject({ request_id: 'request-1', error_code: 'not_acceptable' });
});

test('everything else is answered as it is', async () => {
  const result = await ask('/api/namespaces/default');
  expect(result).not.toHaveProperty('stream');
  expect(JSON.parse(result.body)).toMatchObject({ namespace: { id: 'default' } });
});
