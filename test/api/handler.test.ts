import type { APIGatewayProxyResult } from 'aws-lambda';
import { beforeEach, expect, test } from 'vitest';
import { createApiHandler } from '../../lambdas/api/handler.ts';
import { createMemoryHome } from '../memory-home.ts';
import { buildConfig, configs, proxyEvent, runs, startApi } from './client.ts';

let ask: (target: string, headers?: Record<string, string>) => Promise<APIGatewayProxyResult>;

beforeEach(async () => {
  const home = createMemoryHome();
  const send = await startApi(home);
  await send(`POST ${configs}`, { body: { config: buildConfig } });
  await send(`POST ${runs}`, { body: { variables: {} } });
  const handler = createApiHandler(home);
  ask = (target, headers = {}) => handler(proxyEvent('GET', target, { headers }));
});

const log = `${runs}/1/tasks/compile/logs`;

test.each([{}, { accept: 'text/event-stream' }, { upgrade: 'websocket' }])(
  'the function for whole answers refuses a stream: %j',
  async (headers) => {
    const { statusCode, body } = await ask(log, headers);
    expect([statusCode, JSON.parse(body)]).toEqual([
      406,
      { request_id: 'request-1', error_code: 'not_acceptable', message: expect.stringContaining('ApiUrl') },
    ]);
  },
);

test('everything else is answered as it is', async () => {
  const result = await ask('/api/namespaces/default');
  expect(result).not.toHaveProperty('stream');
  expect(JSON.parse(result.body)).toMatchObject({ namespace: { id: 'default' } });
});
