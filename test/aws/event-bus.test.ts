import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { createEventBus } from '../../lib/aws/event-bus.ts';
import { emit, listEvents } from '../../lib/events/events.ts';
import { createMemoryHome } from '../memory-home.ts';

const bridge = mockClient(EventBridgeClient);
const lost: unknown[][] = [];
const open = () =>
  createEventBus(new EventBridgeClient({}), { bus: 'gofer', onLost: (...what) => void lost.push(what) });
const eventOf = (n: number) => ({
  id: `0190-${n}`,
  emitted: Date.UTC(2026, 0, 2),
  kind: { created_namespace: { namespace_id: `team-${n}` } },
});
const sent = () => bridge.commandCalls(PutEventsCommand).map(({ args }) => args[0].input.Entries ?? []);

beforeEach(() => {
  bridge.reset();
  bridge.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
  lost.length = 0;
});

describe('the bus', () => {
  test('tells who, what and when, and in the detail what the API shows', async () => {
    const bus = open();
    bus.publish(eventOf(1));
    await bus.settled();
    expect(sent()).toEqual([
      [
        {
          EventBusName: 'gofer',
          Source: 'gofer',
          DetailType: 'created_namespace',
          Time: new Date('2026-01-02T00:00:00Z'),
          Detail: JSON.stringify(eventOf(1)),
        },
      ],
    ]);
  });

  test('sends up to ten at a time, in order', async () => {
    const bus = open();
    for (let n = 1; n <= 23; n++) bus.publish(eventOf(n));
    await bus.settled();
    expect(sent().map(({ length }) => length)).toEqual([10, 10, 3]);
    expect(
      sent()
        .flat()
        .map(({ Detail }) => JSON.parse(Detail ?? '').id),
    ).toEqual(Array.from({ length: 23 }, (_, n) => eventOf(n + 1).id));
  });

  test('takes up its work again after it has settled', async () => {
    const bus = open();
    bus.publish(eventOf(1));
    await bus.settled();
    bus.publish(eventOf(2));
    await bus.settled();
    expect(sent()).toHaveLength(2);
  });

  test('fails nobody when it can’t send: it says how many are lost', async () => {
    bridge
      .on(PutEventsCommand)
      .rejectsOnce(new Error('no such bus'))
      .resolves({
        FailedEntryCount: 1,
        Entries: [{ EventId: '1' }, { ErrorCode: 'ThrottlingException' }],
      });
    const bus = open();
    for (let n = 1; n <= 12; n++) bus.publish(eventOf(n));
    await bus.settled();
    expect(lost).toEqual([
      [10, new Error('no such bus')],
      [1, 'ThrottlingException'],
    ]);
  });
});

test('an event is in the table before others hear of it, under the same id', async () => {
  const told: { id: string }[] = [];
  const home = { ...createMemoryHome(), bus: { publish: (event: { id: string }) => void told.push(event) } };
  const [{ kind }] = [eventOf(1)];
  await emit(home, { time: home.now(), kind, key: 'namespace/team-1/created' });
  const events = await listEvents(home);
  expect(told.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  expect(events).toHaveLength(1);
});
