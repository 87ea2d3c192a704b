import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ResourceRequest, respond, stackOf } from '../../lambdas/resources/request.ts';

type Heard = { readonly method: string | undefined; readonly type: string | undefined; readonly body: string };

let server: Server;
let heard: Heard[];
let statuses: number[];

beforeEach(async () => {
  heard = [];
  statuses = [];
  server = createServer(async (request, response) => {
    heard.push({ method: request.method, type: request.headers['content-type'], body: await text(request) });
    response.writeHead(statuses.shift() ?? 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => void server.close());

const request = (): ResourceRequest => ({
  RequestType: 'Create',
  RequestId: 'request-1',
  StackId: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/Data/1b2c',
  LogicalResourceId: 'Nightly1A2B',
  ResponseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer?signature=abc`,
  ResourceProperties: {},
});

test('CloudFormation is answered by a PUT without a content type, which its address is signed for', async () => {
  await respond(request(), { Status: 'SUCCESS', PhysicalResourceId: 'default/nightly' });
  expect(heard).toMatchObject([{ method: 'PUT', type: '' }]);
  expect(JSON.parse(heard[0]?.body ?? '')).toEqual({
    Status: 'SUCCESS',
    PhysicalResourceId: 'default/nightly',
    StackId: request().StackId,
    RequestId: 'request-1',
    LogicalResourceId: 'Nightly1A2B',
  });
});

test('an answer that does not get through is given again', async () => {
  statuses = [503];
  await respond(request(), { Status: 'SUCCESS', PhysicalResourceId: 'default/nightly' });
  expect(heard).toHaveLength(2);
});

test('a reason is cut to what an answer holds', async () => {
  await respond(request(), { Status: 'FAILED', PhysicalResourceId: 'default/nightly', Reason: 'ä'.repeat(10_000) });
  expect(Buffer.byteLength(heard[0]?.body ?? '')).toBeLessThan(4096);
});

test('a stack is called by its name', () => {
  expect(stackOf(request())).toBe('Data');
});
