/**
 * Stands in for the client of EventBridge in the bundles: what `event-bus.ts` takes of it, and no more. Every function has
 * it, for the one call with which events are told; so its answer is taken at its word.
 */
import { callService } from './json-call.ts';
import { type SignedOptions, signedOptions } from './signed.ts';

type Entry = { readonly Time: Date; readonly [name: string]: unknown };
type Answered = {
  readonly FailedEntryCount?: number;
  readonly Entries?: readonly { readonly ErrorCode?: string }[];
};

export class PutEventsCommand {
  readonly input: object;

  constructor({ Entries }: { readonly Entries: readonly Entry[] }) {
    // The protocol counts seconds.
    this.input = { Entries: Entries.map((entry) => ({ ...entry, Time: entry.Time.getTime() / 1000 })) };
  }
}

export class EventBridgeClient {
  readonly #options: SignedOptions;

  constructor(options: Partial<SignedOptions> = {}) {
    this.#options = { ...signedOptions(process.env), ...options };
  }

  async send({ input }: PutEventsCommand): Promise<Answered> {
    return (await callService('events', 'PutEvents', input, this.#options)) as Answered;
  }
}
