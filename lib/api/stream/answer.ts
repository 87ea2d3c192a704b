/** An answer that goes on: what a home's edge writes to its client, chunk by chunk, as fast as the client reads. */

/** Bytes of a response body. */
export type ByteStream = {
  readonly contentType: string;
  /** How many bytes, where that is known. */
  readonly size?: number;
  readonly bytes: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
};

/** Text messages of a WebSocket. */
export type MessageStream = { readonly messages: (signal: AbortSignal) => AsyncIterable<readonly string[]> };

/** Binary messages of a WebSocket, both ways. */
export type DialogStream = {
  readonly dialog: (input: AsyncIterable<Uint8Array>, signal: AbortSignal) => AsyncIterable<Uint8Array>;
};

export type Stream = ByteStream | MessageStream | DialogStream;

export class StreamAnswer {
  readonly stream: Stream;

  constructor(stream: Stream) {
    this.stream = stream;
  }
}

/** What is asked for lies elsewhere: the client is sent to the address. */
export class RedirectAnswer {
  readonly address: string;

  constructor(address: string) {
    this.address = address;
  }
}

/** How the client wants a stream: it says so by upgrading, or by what it accepts. */
export function wantedStream(headers: Readonly<Record<string, string>>): 'websocket' | 'events' | 'other' {
  if (headers['upgrade']?.toLowerCase() === 'websocket') return 'websocket';
  return headers['accept']?.includes('text/event-stream') ? 'events' : 'other';
}
