/** The product's events on EventBridge: source `gofer`, the kind as detail type, and in the detail what the API shows. */
import { setImmediate } from 'node:timers/promises';
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { EventBus, PublishedEvent } from '../ports/event-bus.ts';

export const eventSource = 'gofer';

/** PutEvents takes no more at once. */
const mostEntries = 10;

export type EventBusOptions = {
  /** Name of the bus. */
  readonly bus: string;
  /** Told of what could not be sent. */
  readonly onLost: (count: number, why: unknown) => void;
};

export type AwsEventBus = EventBus & {
  /** Resolves when everything was sent that has been published: a function sleeps once it has answered. */
  readonly settled: () => Promise<void>;
};

/** Sends beside the work that publishes, up to ten at a time. */
export function createEventBus(client: EventBridgeClient, { bus, onLost }: EventBusOptions): AwsEventBus {
  const waiting: PublishedEvent[] = [];
  let sending: Promise<void> | undefined;

  const entryOf = (event: PublishedEvent) => ({
    EventBusName: bus,
    Source: eventSource,
    DetailType: Object.keys(event.kind)[0] ?? '',
    Detail: JSON.stringify(event),
    Time: new Date(event.emitted),
  });

  async function put(events: readonly PublishedEvent[]): Promise<void> {
    try {
      const { Entries = [], FailedEntryCount = 0 } = await client.send(
        new PutEventsCommand({ Entries: events.map(entryOf) }),
      );
      if (FailedEntryCount) onLost(FailedEntryCount, Entries.find(({ ErrorCode }) => ErrorCode)?.ErrorCode);
    } catch (error) {
      onLost(events.length, error);
    }
  }

  async function sendAll(): Promise<void> {
    // What one step of the work tells travels together.
    await setImmediate();
    while (waiting.length) await put(waiting.splice(0, mostEntries));
    sending = undefined;
  }

  return {
    publish(event) {
      waiting.push(event);
      sending ??= sendAll();
    },
    settled: async () => sending,
  };
}
