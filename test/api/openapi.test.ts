import { expect, test } from 'vitest';
import { createApi } from '../../lambdas/api/api.ts';
import { createMemoryHome } from '../memory-home.ts';
import { proxyEvent, startApi } from './client.ts';

const send = await startApi();
const own = (await send('GET /api/openapi.json')).json as {
  readonly components?: { readonly schemas: Readonly<Record<string, unknown>> };
};

test('refers only to schemas that it has', () => {
  const references = JSON.stringify(own).matchAll(/"#\/components\/schemas\/([^"]+)"/g);
  for (const [, name = ''] of references) expect(own.components?.schemas).toHaveProperty(name);
});

test.each([
  ['on one machine', { host: '127.0.0.1:8080' }, '/api/openapi.json', '/api/openapi.json', 'http://127.0.0.1:8080'],
  [
    'under a stage path of API Gateway',
    { Host: 'abc.execute-api.eu-central-1.amazonaws.com', 'X-Forwarded-Proto': 'https' },
    '/api/openapi.json',
    '/prod/api/openapi.json',
    'https://abc.execute-api.eu-central-1.amazonaws.com/prod',
  ],
  [
    'under the base path of a domain of one’s own',
    { Host: 'tools.example.com', 'X-Forwarded-Proto': 'https' },
    '/gofer/api/openapi.json',
    '/gofer/api/openapi.json',
    'https://tools.example.com/gofer',
  ],
])('says where its paths begin: %s', async (_, headers, path, whole, url) => {
  const event = proxyEvent('GET', path, { headers });
  const api = createApi(createMemoryHome());
  const { statusCode, body } = await api({ ...event, requestContext: { ...event.requestContext, path: whole } });
  expect([statusCode, JSON.parse(body).servers]).toEqual([200, [{ url }]]);
});
