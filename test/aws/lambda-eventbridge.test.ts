/** What functions have in place of the client of EventBridge, behind the code that uses either. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createEventBus } from '../../lib/aws/event-bus.ts';
import { EventBridgeClient } from '../../lib/aws/lambda-eventbridge.ts';

vi.mock('@aws-sdk/client-eventbridge', () => import('../../lib/aws/lambda-eventbridge.ts'));

const event = { id: 'e1', emitted: 1_758_000_000_500, kind: { created_namespace: { namespace_id: 'team' } } };

/** Publishes one event to EventBridge that answers so, and tells what it was asked and what was lost. */
async function published(status: number, answer: object) {
  const asked: { readonly headers: IncomingMessage['headers']; readonly body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    asked.push({ headers: request.headers, body: await json(request) });
    response.writeHead(status).end(JSON.stringify(answer));
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new EventBridgeClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'none' },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pause: async () => undefined,
  });
  const lost: unknown[] = [];
  // The stand-in is the client's likeness only as far as the bus knows it.
  const bus = createEventBus(client as never, { bus: 'Gofer', onLost: (...what) => void lost.push(...what) });
  bus.publish(event);
  await bus.settled();
  return { asked, lost };
}

test('events go out signed, with their times as the protocol has them', async () => {
  const { asked, lost } = await published(200, { FailedEntryCount: 0, Entries: [{ EventId: '1' }] });
  expect(lost).toEqual([]);
  expect(asked).toMatchObject([
    {
      headers: {
        'x-amz-target': 'AWSEvents.PutEvents',
        authorization: expect.stringMatching(/\/eu-central-1\/events\/aws4_request/),
      },
      body: { Entries: [{ EventBusName: 'Gofer', DetailType: 'created_namespace', Time: 1_758_000_000.5 }] },
    },
  ]);
});

test('what EventBridge did not take is told', async () => {
  expect((await published(200, { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] })).lost).toEqual([
    1,
    'InternalFailure',
  ]);
});

test('a refusal is told by its name', async () => {
  const { lost } = await published(400, { __type: 'com.amazonaws#AccessDeniedException', message: 'no' });
  expect(lost).toEqual([1, expect.objectContaining({ name: 'AccessDeniedException', message: 'no' })]);
});
